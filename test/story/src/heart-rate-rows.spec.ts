import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {heartRateRows} from './heart-rate-rows.js';
import {spansOfDamaged} from './spans.js';

const dir = mkdtempSync(join(tmpdir(), 'vv-story-'));
afterAll(() => {
  rmSync(dir, {recursive: true});
});
const file = (text: string): string => {
  const path = join(dir, 'file');
  writeFileSync(path, text);
  return path;
};

describe("the wearable's file", () => {
  it('is read as UTC, with noon and midnight where they are', () => {
    const rows = heartRateRows(
      file('Id,Time,Value\n1,4/1/2016 7:54:05 AM,91\r\n1,4/1/2016 12:00:00 AM,60\n1,4/1/2016 12:00:00 PM,61\n'),
    );
    expect(rows).toEqual([
      {unixSeconds: Date.parse('2016-04-01T07:54:05Z') / 1000, beatsPerMinute: 91},
      {unixSeconds: Date.parse('2016-04-01T00:00:00Z') / 1000, beatsPerMinute: 60},
      {unixSeconds: Date.parse('2016-04-01T12:00:00Z') / 1000, beatsPerMinute: 61},
    ]);
  });
});

describe('spans of a damaged block', () => {
  const line = (startMs: number, which: string, peer: number, outcome = 'served'): string =>
    JSON.stringify({
      resourceSpans: [
        {
          scopeSpans: [
            {
              spans: [
                {
                  startTimeUnixNano: `${startMs}000000`,
                  attributes: [
                    {key: 'vitalvault.which', value: {stringValue: which}},
                    {key: 'vitalvault.peer', value: {intValue: peer}},
                    {key: 'vitalvault.outcome', value: {stringValue: outcome}},
                  ],
                },
              ],
            },
          ],
        },
      ],
    });

  it('are those that began later, in their order; a line that is cut off is none', () => {
    const spans = [
      line(30, 'a', 2),
      line(10, 'a', 0, 'corrupt'),
      line(20, 'a', 1, 'corrupt'),
      line(20, 'b', 7),
      line(40, 'a', 3).slice(0, 99),
    ];
    expect(spansOfDamaged(file(spans.join('\n')), 15).map((span) => span['vitalvault.peer'])).toEqual(['1', '2']);
  });
});
