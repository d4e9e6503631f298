import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {ODD_TEXTS} from '@vitalvault/arguments/testing';
import {chosenRows, readHeartRateCsv} from './heart-rate-csv.js';
import type {SaidTimes} from './instants.js';
import {TimeZone} from './time-zone.js';

const file = join(import.meta.dirname, '../../../../test/data/wearables/fitbit-heart-rate-5s.csv');
const UTC = {zone: new TimeZone('UTC')};
const read = (lines: string[], said: SaidTimes = UTC) =>
  readHeartRateCsv(new TextEncoder().encode(lines.join('\n')), said);
/** The times of rows that are readings. */
const times = (lines: string[], said: SaidTimes = UTC): string[] =>
  read(lines, said).map((row) => (row.kind === 'reading' ? new Date(row.timeMs).toISOString().slice(0, 16) : row.kind));
const FITBIT = 'Id,Time,Value';

describe('heart-rate CSV', () => {
  it('reads the real file whole: 8,418 readings', () => {
    const rows = readHeartRateCsv(readFileSync(file), UTC);
    expect(rows).toHaveLength(8418);
    expect(rows[0]).toEqual({line: 2, kind: 'reading', timeMs: Date.parse('2016-04-01T07:54:00Z'), beatsPerMinute: 93});
    expect(rows.at(-1)).toMatchObject({timeMs: Date.parse('2016-04-03T09:23:35Z'), beatsPerMinute: 78});
    expect(rows.every(({kind}) => kind === 'reading')).toBe(true);
  });

  it('knows noon from midnight', () => {
    expect(times([FITBIT, '1,4/1/2016 12:00:00 AM,60', '1,4/1/2016 12:00:00 PM,61'])).toEqual([
      '2016-04-01T00:00',
      '2016-04-01T12:00',
    ]);
  });

  it.each([
    ['a missing field', '1,4/1/2016 7:54:00 AM', 'no-contact'],
    ['a date that does not exist', '1,2/30/2016 7:54:00 AM,60', 'unread'],
    ['hour 13 of twelve', '1,4/1/2016 13:54:00 AM,60', 'unread'],
    ['minute 60', '1,4/1/2016 1:60:00 AM,60', 'unread'],
    ['words', '1,4/1/2016 7:54:00 AM,fast', 'unread'],
    ['a number with more than a number', '1,4/1/2016 7:54:00 AM,61bpm', 'unread'],
    ['a number in another script', '1,4/1/2016 7:54:00 AM,٦١', 'unread'],
    ['1e3', '1,4/1/2016 7:54:00 AM,1e3', 'unread'],
    ['Low', '1,4/1/2016 7:54:00 AM,Low', 'unread'],
  ])('takes a row with %s by itself', (_what, row, kind) => {
    expect(read([FITBIT, row, '1,4/1/2016 7:54:05 AM,60'])).toMatchObject([
      {line: 2, kind},
      {line: 3, kind: 'reading'},
    ]);
  });

  it.each(ODD_TEXTS)('takes %j for a value only when it is a plain number, and never for a time', (text) => {
    const odd = text.replaceAll(/[\r\n,]/g, ' ');
    const isNumber = /^\+?[1-9]\d{0,4}(\.\d+)?$/.test(odd.trim());
    expect(read([FITBIT, `1,4/1/2016 7:54:00 AM,${odd}`])[0]?.kind === 'reading').toBe(isNumber);
    expect(read([FITBIT, `1,${odd},60`])[0]?.kind).toBe('unread');
  });

  it.each<[string, string[], string[]]>([
    ['the month first, as Fitbit', [FITBIT, '1,3/5/2020 1:00:00 AM,60'], ['2020-03-05T01:00']],
    [
      'what a later row shows: the day first',
      ['Time,Value', '3/5/2020 1:00,60', '13/5/2020 1:00,60'],
      ['2020-05-03T01:00', '2020-05-13T01:00'],
    ],
    [
      'what a later row shows: the month first',
      ['Time,Value', '3/5/2020 1:00,60', '3/13/2020 1:00,60'],
      ['2020-03-05T01:00', '2020-03-13T01:00'],
    ],
    ['dots: the day first', ['Time,Value', '3.5.2020 1:00:00,60'], ['2020-05-03T01:00']],
  ])('takes dates by %s', (_what, lines, expected) => {
    expect(times(lines)).toEqual(expected);
  });

  it.each([
    ['no row shows it', ['Time,Value', '3/5/2020 1:00 PM,60']],
    ['rows contradict one another', ['Time,Value', '13/5/2020 1:00,60', '3/13/2020 1:00,60']],
    [
      'the day comes first where Fitbit has the month',
      [FITBIT, '1,13/5/2020 1:00:00 PM,60', '1,3/13/2020 1:00:00 PM,60'],
    ],
  ])('asks for the order when %s', (_what, lines) => {
    expect(() => read(lines)).toThrow(expect.objectContaining({code: 'dates-ambiguous'}));
    expect(read(lines, {...UTC, dates: 'month-first'}).length).toBeGreaterThan(0);
  });

  const berlin = {zone: new TimeZone('Europe/Berlin')};
  const autumn = ['00:30', '01:30', '02:30', '02:45', '02:30', '02:45', '03:30'].map((time) => `2025-10-26 ${time},60`);
  const asUtc = ['25T22:30', '25T23:30', '26T00:30', '26T00:45', '26T01:30', '26T01:45', '26T02:30'].map(
    (time) => `2025-10-${time}`,
  );

  it('tells the hour that comes twice by the order of the rows, upwards and downwards', () => {
    expect(times(['Time,Value', ...autumn], berlin)).toEqual(asUtc);
    expect(times(['Time,Value', ...autumn.toReversed()], berlin)).toEqual(asUtc.toReversed());
  });

  it('says that the hour never was that the clock jumped over', () => {
    const rows = ['Time,Value', '2025-03-30 01:30,60', '2025-03-30 02:30,60', '2025-03-30 03:30,60'];
    expect(times(rows, berlin)).toEqual(['2025-03-30T00:30', 'unread', '2025-03-30T01:30']);
  });

  it('takes an offset before the zone, in one file with times that have none', () => {
    const rows = ['Time,Value', '2020-03-05T10:00:00-05:00,60', '2020-03-05T16:00:00,60', '2020-03-05T15:00Z,60'];
    expect(times(rows, berlin)).toEqual(['2020-03-05T15:00', '2020-03-05T15:00', '2020-03-05T15:00']);
    expect(times([rows[0] ?? '', rows[1] ?? ''], {})).toEqual(['2020-03-05T15:00']);
  });

  it('refuses times without a zone, and shows the first one in each reading', () => {
    expect(() => read([FITBIT, '1,3/5/2020 8:00:00 AM,61'], {})).toThrow(
      expect.objectContaining({
        code: 'zone-missing',
        meta: {line: 2},
        message: expect.stringMatching(
          /Line 2 says 3\/5\/2020 8:00:00 AM.*2020-03-05 08:00 UTC.*2020-03-0\d \d\d:00 UTC/,
        ),
        remedy: expect.stringContaining('--zone'),
      }),
    );
  });

  it('gives the rows that are asked for, and says when there are none', () => {
    const rows = read([FITBIT, '1,3/5/2020 8:00:00 AM,61', '1,3/5/2020 8:00:05 AM,0', '1,3/5/2020 8:00:10 AM,62']);
    expect(chosenRows(rows, {from: 2n, to: 3n}).map(({line}) => line)).toEqual([3, 4]);
    expect(() => chosenRows(rows, {from: 500n})).toThrow(expect.objectContaining({code: 'rows-missing'}));
  });
});
