import type {Span} from './otlp-lines.js';
import type {PlacedSpan} from './span-tree.js';

const NAME_COLUMNS = 46;
const TIME_COLUMNS = 20;
const MIN_BAR_COLUMNS = 16;

/** One line: a span, or several of the same name and place one after another, without any below them. */
interface Row extends PlacedSpan {
  times: number;
}

/**
 * Draws placed spans as a waterfall: name, start and length in milliseconds, a bar on a common time axis; like ones in
 * one line.
 */
export function drawWaterfall(placed: readonly PlacedSpan[], columns: number): string[] {
  const first = Math.min(...placed.map(({span}) => span.startUs));
  const last = Math.max(...placed.map(({span}) => span.endUs));
  const width = Math.max(MIN_BAR_COLUMNS, columns - NAME_COLUMNS - TIME_COLUMNS - 3);
  const scale = (us: number) => Math.round(((us - first) / Math.max(1, last - first)) * (width - 1));
  return rowsOf(placed).map((row) => {
    const {span} = row;
    const from = scale(span.startUs);
    const bar = ' '.repeat(from) + (span.failed ? 'x' : '━').repeat(Math.max(1, scale(span.endUs) - from + 1));
    return `${nameOf(row)} ${milliseconds(span.startUs - first, 9)} ${milliseconds(span.endUs - span.startUs, 8)}ms ${bar}`.trimEnd();
  });
}

function rowsOf(placed: readonly PlacedSpan[]): Row[] {
  const rows: Row[] = [];
  for (const [i, one] of placed.entries()) {
    const {span, depth, byLink} = one;
    const last = rows.at(-1);
    const like =
      last?.depth === depth &&
      last.span.name === span.name &&
      last.span.service === span.service &&
      last.byLink === byLink;
    const hasBelow = (placed[i + 1]?.depth ?? 0) > depth;
    if (last && like && !hasBelow) Object.assign(last, {times: last.times + 1, span: joined(last.span, span)});
    else rows.push({...one, times: 1});
  }
  return rows;
}

function joined(a: Span, b: Span): Span {
  return {
    ...a,
    startUs: Math.min(a.startUs, b.startUs),
    endUs: Math.max(a.endUs, b.endUs),
    failed: a.failed || b.failed,
  };
}

function nameOf({span, depth, byLink, times}: Row): string {
  const many = times === 1 ? '' : ` ×${times}`;
  const text = `${'  '.repeat(Math.min(depth, 8))}${byLink ? '~ ' : ''}${span.service} ${span.name}${many}`;
  return (text.length > NAME_COLUMNS ? `${text.slice(0, NAME_COLUMNS - 1)}…` : text).padEnd(NAME_COLUMNS);
}

function milliseconds(us: number, columns: number): string {
  return (us / 1000).toFixed(1).padStart(columns);
}
