import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {parseHeartRateCsv} from './heart-rate-csv.js';

const file = join(import.meta.dirname, '../../../../test/data/wearables/fitbit-heart-rate-5s.csv');
const csv = (...rows: string[]) => ['Id,Time,Value', ...rows].join('\n');

describe('heart-rate CSV', () => {
  it('reads the real file whole: 8,418 readings, in UTC', () => {
    const rows = parseHeartRateCsv(readFileSync(file, 'utf8'));
    expect(rows).toHaveLength(8418);
    expect(rows[0]).toEqual({unixSeconds: Date.parse('2016-04-01T07:54:00Z') / 1000, beatsPerMinute: 93});
    expect(rows.at(-1)).toEqual({unixSeconds: Date.parse('2016-04-03T09:23:35Z') / 1000, beatsPerMinute: 78});
  });

  it('knows noon from midnight', () => {
    const rows = parseHeartRateCsv(csv('1,4/1/2016 12:00:00 AM,60', '1,4/1/2016 12:00:00 PM,61', ''));
    expect(rows.map((r) => new Date(r.unixSeconds * 1000).toISOString())).toEqual([
      '2016-04-01T00:00:00.000Z',
      '2016-04-01T12:00:00.000Z',
    ]);
  });

  it('takes CRLF', () => {
    expect(parseHeartRateCsv('Id,Time,Value\r\n1,4/1/2016 1:00:00 AM,60\r\n')).toHaveLength(1);
  });

  it.each([
    ['another header', 'Time,Value\n', 1],
    ['a missing column', csv('1,4/1/2016 7:54:00 AM'), 2],
    ['a blank line inside', csv('1,4/1/2016 7:54:00 AM,60', '', '1,4/1/2016 7:54:05 AM,60'), 3],
    ['a date that does not exist', csv('1,2/30/2016 7:54:00 AM,60'), 2],
    ['hour 13', csv('1,4/1/2016 13:54:00 AM,60'), 2],
    ['a heart rate of 0', csv('1,4/1/2016 7:54:00 AM,0'), 2],
    ['words', csv('1,4/1/2016 7:54:00 AM,fast'), 2],
  ])('names the line with %s', (_what, text, line) => {
    expect(() => parseHeartRateCsv(text)).toThrow(expect.objectContaining({code: 'csv-invalid', meta: {line}}));
  });
});
