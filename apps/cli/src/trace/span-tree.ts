import type {Span} from './otlp-lines.js';

/** A span in its place below the span that caused it. */
export interface PlacedSpan {
  span: Span;
  depth: number;
  /** Whether its cause is a link (another trace) rather than its parent. */
  byLink: boolean;
  /** Id of its cause, which for a root is a caller's span and not here. */
  causeId: string | undefined;
}

export interface SpanTree {
  placed: PlacedSpan[];
  /** Spans of these traces that nothing leads to: their parent is missing. */
  unreachable: Span[];
}

/**
 * Everything that a trace's spans caused: children by parent, and spans of other traces that link to one of them, with
 * all below those. Causes come before effects, effects in the order of their start. `traceId` may be a caller's: the
 * traces that services began for his requests count as his.
 */
export function spanTree(spans: readonly Span[], traceId: string): SpanTree {
  const effects = effectsOf(spans);
  const known = new Set(spans.map((s) => s.spanId));
  const traces = new Set([traceId, ...begunFor(spans, traceId, known)]);
  const own = spans.filter((s) => traces.has(s.traceId));
  const seen = new Set<string>();
  const placed: PlacedSpan[] = [];
  const place = (span: Span, depth: number, byLink: boolean, causeId: string | undefined): void => {
    if (seen.has(span.spanId)) return;
    seen.add(span.spanId);
    placed.push({span, depth, byLink, causeId});
    for (const effect of effects.get(span.spanId) ?? [])
      place(effect, depth + 1, effect.parentSpanId !== span.spanId, span.spanId);
  };
  for (const trace of traces)
    for (const root of rootsOf(
      own.filter((s) => s.traceId === trace),
      known,
    ))
      place(root, 0, trace !== traceId, callerOf(root, traceId));
  return {placed, unreachable: own.filter((s) => !seen.has(s.spanId))};
}

// A caller's span is his own and not here: whoever links to it was called by him.
function begunFor(spans: readonly Span[], traceId: string, known: ReadonlySet<string>): string[] {
  return [...spans]
    .sort((a, b) => a.startUs - b.startUs)
    .filter((s) => s.links.some((link) => link.traceId === traceId && !known.has(link.spanId)))
    .map((s) => s.traceId);
}

function callerOf(root: Span, traceId: string): string | undefined {
  if (root.parentSpanId !== '') return root.parentSpanId;
  return root.links.find((link) => link.traceId === traceId)?.spanId;
}

// The caller's own span is not exported: the first span below it is a root, and so is another call of the same caller.
function rootsOf(own: readonly Span[], known: ReadonlySet<string>): Span[] {
  const parentless = own.filter((s) => !known.has(s.parentSpanId)).sort((a, b) => a.startUs - b.startUs);
  return parentless.filter((s) => s.parentSpanId === parentless[0]?.parentSpanId);
}

function effectsOf(spans: readonly Span[]): Map<string, Span[]> {
  const effects = new Map<string, Span[]>();
  for (const span of [...spans].sort((a, b) => a.startUs - b.startUs)) {
    for (const cause of new Set([span.parentSpanId, ...span.links.map(({spanId}) => spanId)])) {
      if (cause === '') continue;
      const list = effects.get(cause);
      if (list) list.push(span);
      else effects.set(cause, [span]);
    }
  }
  return effects;
}
