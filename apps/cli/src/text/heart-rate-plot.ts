/** One reading on the plot. */
export interface PlotPoint {
  unixSeconds: number;
  value: number;
}

/** Size in characters, axes included, and whether the terminal shows braille. */
export interface PlotSize {
  columns: number;
  rows: number;
}

const LABEL_COLUMNS = 6;
const DOTS_X = 2;
const DOTS_Y = 4;
/** Bit of each dot in a braille character, by row and column. */
const BRAILLE = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/** Draws readings over time as lines of text: braille dots, values at the left, hours (UTC) below. */
export function plotReadings(points: readonly PlotPoint[], size: PlotSize): string[] {
  if (points.length === 0) return ['(no readings)'];
  const width = Math.max(8, size.columns - LABEL_COLUMNS - 2);
  const height = Math.max(3, size.rows - 2);
  const times = extent(
    points.map((p) => p.unixSeconds),
    1,
  );
  const values = extent(
    points.map((p) => p.value),
    5,
  );
  const cells = dots(points, {width, height, times, values});
  const lines = cells.map((row, y) =>
    `${label(y, height, values)} ┤${row.map((bits) => String.fromCharCode(0x2800 + bits)).join('')}`.trimEnd(),
  );
  return [...lines, `${' '.repeat(LABEL_COLUMNS)} └${'─'.repeat(width)}`, axis(times, width)];
}

interface Extent {
  low: number;
  high: number;
}

function extent(numbers: readonly number[], atLeast: number): Extent {
  let low = Infinity;
  let high = -Infinity;
  for (const n of numbers) {
    low = Math.min(low, n);
    high = Math.max(high, n);
  }
  return {low, high: Math.max(high, low + atLeast)};
}

function dots(
  points: readonly PlotPoint[],
  area: {width: number; height: number; times: Extent; values: Extent},
): number[][] {
  const cells = Array.from({length: area.height}, () => new Array<number>(area.width).fill(0));
  for (const {unixSeconds, value} of points) {
    const x = scale(unixSeconds, area.times, area.width * DOTS_X);
    const y = area.height * DOTS_Y - 1 - scale(value, area.values, area.height * DOTS_Y);
    const row = cells[Math.floor(y / DOTS_Y)] as number[];
    const column = Math.floor(x / DOTS_X);
    row[column] = (row[column] ?? 0) | dotBit(x, y);
  }
  return cells;
}

function scale(value: number, {low, high}: Extent, steps: number): number {
  return Math.min(steps - 1, Math.floor(((value - low) / (high - low)) * steps));
}

function label(row: number, rows: number, values: Extent): string {
  if (row !== 0 && row !== rows - 1 && row !== Math.floor(rows / 2)) return ' '.repeat(LABEL_COLUMNS);
  const value = values.high - ((values.high - values.low) * row) / (rows - 1);
  return String(Math.round(value)).padStart(LABEL_COLUMNS);
}

function axis(times: Extent, width: number): string {
  const clock = (seconds: number) => new Date(seconds * 1000).toISOString().slice(0, 16).replace('T', ' ');
  const [from, to] = [clock(times.low), clock(times.high)];
  return `${' '.repeat(LABEL_COLUMNS + 2)}${from}${' '.repeat(Math.max(1, width - from.length - to.length))}${to}`;
}

function dotBit(x: number, y: number): number {
  const [left, right] = BRAILLE[y % DOTS_Y] as readonly [number, number];
  return x % DOTS_X === 0 ? left : right;
}
