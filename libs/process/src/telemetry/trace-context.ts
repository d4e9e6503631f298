import {ROOT_CONTEXT, TraceFlags, context, trace} from '@opentelemetry/api';
import type {Context, Link, SpanContext} from '@opentelemetry/api';

/** Headers of a message or request, in any of the shapes that our transports have. */
export type HeaderBag = Readonly<Record<string, string | Uint8Array | readonly (string | Uint8Array)[] | undefined>>;

const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** W3C Trace Context (version 00). @returns undefined for anything that is not a valid traceparent. */
export function parseTraceparent(text: string | undefined): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text ?? '') ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return {traceId, spanId, traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED, isRemote: true};
}

export function formatTraceparent(span: SpanContext): string {
  return `00-${span.traceId}-${span.spanId}-${span.traceFlags.toString(16).padStart(2, '0')}`;
}

/** traceparent of the active span, to keep with a row or a message; undefined outside of any. */
export function currentTraceparent(): string | undefined {
  const span = trace.getSpan(context.active())?.spanContext();
  return span === undefined ? undefined : formatTraceparent(span);
}

/** Trace id of the active span: what a problem document carries as its instance. */
export function currentTraceId(): string | undefined {
  return trace.getSpan(context.active())?.spanContext().traceId;
}

/** Headers that carry the active span to the next process; empty outside of any. */
export function injectHeaders(): {traceparent?: string} {
  const traceparent = currentTraceparent();
  return traceparent === undefined ? {} : {traceparent};
}

/** Context to continue what one of our own processes began; a fresh one if `headers` carry nothing valid. */
export function extractContext(headers: HeaderBag): Context {
  return contextOf(traceparentIn(headers));
}

/**
 * Link to what a stranger began: his trace is his. Whoever continues it takes his trace id, under which he may put
 * requests of different people, and his word whether anything is recorded at all.
 */
export function linkToStranger(headers: HeaderBag): Link[] {
  return linksTo([traceparentIn(headers)]);
}

function traceparentIn(headers: HeaderBag): string | undefined {
  const value = headers['traceparent'];
  const first = Array.isArray(value)
    ? (value as readonly (string | Uint8Array)[])[0]
    : (value as string | Uint8Array | undefined);
  return typeof first === 'object' ? new TextDecoder().decode(first) : first;
}

/** Context whose parent is `traceparent`. */
export function contextOf(traceparent: string | undefined): Context {
  const span = parseTraceparent(traceparent);
  return span === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, span);
}

/** Links to the spans of `traceparents`, each once; what is not valid is left out. */
export function linksTo(traceparents: Iterable<string | null | undefined>): Link[] {
  const links: Link[] = [];
  for (const text of new Set(traceparents)) {
    const span = parseTraceparent(text ?? undefined);
    if (span !== undefined) links.push({context: span});
  }
  return links;
}
