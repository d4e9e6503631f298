import type {PlacedSpan} from './span-tree.js';

const NAME_COLUMNS = 46;
const TIME_COLUMNS = 20;
const MIN_BAR_COLUMNS = 16;

/** Draws placed spans as a waterfall: name, start and length in milliseconds, a bar on a common time axis. */
export function drawWaterfall(placed: readonly PlacedSpan[], columns: number): string[] {
  const first = Math.min(...placed.map(({span}) => span.startUs));
  const last = Math.max(...placed.map(({span}) => span.endUs));
  const width = Math.max(MIN_BAR_COLUMNS, columns - NAME_COLUMNS - TIME_COLUMNS - 3);
  const scale = (us: number) => Math.round(((us - first) / Math.max(1, last - first)) * (width - 1));
  return placed.map(({span, depth, byLink}) => {
    const from = scale(span.startUs);
    const bar = ' '.repeat(from) + (span.failed ? 'x' : '━').repeat(Math.max(1, scale(span.endUs) - from + 1));
    return `${nameOf(span, depth, byLink)} ${milliseconds(span.startUs - first, 9)} ${milliseconds(span.endUs - span.startUs, 8)}ms ${bar}`.trimEnd();
  });
}

function nameOf(span: PlacedSpan['span'], depth: number, byLink: boolean): string {
  const text = `${'  '.repeat(Math.min(depth, 8))}${byLink ? '~ ' : ''}${span.service} ${span.name}`;
  return (text.length > NAME_COLUMNS ? `${text.slice(0, NAME_COLUMNS - 1)}…` : text).padEnd(NAME_COLUMNS);
}

function milliseconds(us: number, columns: number): string {
  return (us / 1000).toFixed(1).padStart(columns);
}
