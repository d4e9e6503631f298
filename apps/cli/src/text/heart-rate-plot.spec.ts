import {plotReadings} from './heart-rate-plot.js';

const at = (iso: string, value: number) => ({unixSeconds: Date.parse(iso) / 1000, value});
const size = {columns: 40, rows: 8};

/** Rows (from the top) that have a dot in the first and the last column. */
function dotRows(lines: string[]): {first: number[]; last: number[]} {
  const cells = lines.slice(0, -2).map((line) => line.split('┤')[1] ?? '');
  const rows = (pick: (row: string) => boolean) => cells.flatMap((row, y) => (pick(row) ? [y] : []));
  return {
    first: rows((row) => (row.codePointAt(0) ?? 0x2800) > 0x2800),
    last: rows((row) => row.length === 32 && (row.codePointAt(31) ?? 0x2800) > 0x2800),
  };
}

describe('plot of readings', () => {
  it('puts a low early value bottom left and a high late one top right', () => {
    const lines = plotReadings([at('2016-04-01T08:00:00Z', 60), at('2016-04-01T09:59:00Z', 120)], size);
    expect(lines).toHaveLength(8);
    expect(dotRows(lines)).toEqual({first: [5], last: [0]});
    expect(lines[0]).toMatch(/^ {3}120 ┤/);
    expect(lines[5]).toMatch(/^ {4}60 ┤/);
    expect(lines.at(-1)).toContain('2016-04-01 08:00');
    expect(lines.at(-1)).toContain('2016-04-01 09:59');
  });

  it('draws one dot per place: readings that differ are not lost in one column', () => {
    const lines = plotReadings(
      [at('2016-04-01T08:00:00Z', 60), at('2016-04-01T08:00:00Z', 120), at('2016-04-01T09:00:00Z', 90)],
      size,
    );
    expect(dotRows(lines).first).toEqual([0, 5]);
  });

  it('does with one reading and with none', () => {
    expect(plotReadings([at('2016-04-01T08:00:00Z', 60)], size).join('')).toMatch(/[\u2801-\u28ff]/);
    expect(plotReadings([], size)).toEqual(['(no readings)']);
  });
});
