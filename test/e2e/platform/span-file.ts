import {readFileSync} from 'node:fs';

interface OtlpSpan {
  spanId: string;
  traceId: string;
  parentSpanId?: string;
  name: string;
  links?: {traceId: string; spanId: string}[];
}
interface OtlpLine {
  resourceSpans?: {
    resource?: {attributes?: {key: string; value: {stringValue?: string}}[]};
    scopeSpans?: {spans?: OtlpSpan[]}[];
  }[];
}

export interface FoundSpan {
  id: string;
  traceId: string;
  /** "service name". */
  title: string;
  /** Its parent and what it links to. */
  causes: string[];
  /** Traces that it links to. */
  linked: string[];
}

/** Spans of the Collector's file, as far as it is written. */
export function spansOf(file: string): FoundSpan[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return (JSON.parse(line) as OtlpLine).resourceSpans ?? [];
      } catch {
        return []; // the last line may be half-written
      }
    })
    .flatMap(({resource, scopeSpans}) => {
      const service = resource?.attributes?.find(({key}) => key === 'service.name')?.value.stringValue ?? '?';
      return (scopeSpans ?? []).flatMap(({spans}) =>
        (spans ?? []).map((span) => ({
          id: span.spanId,
          traceId: span.traceId,
          title: `${service} ${span.name}`,
          causes: [span.parentSpanId ?? '', ...(span.links ?? []).map(({spanId}) => spanId)].filter((id) => id !== ''),
          linked: (span.links ?? []).map(({traceId}) => traceId),
        })),
      );
    });
}

/** Everything that one span caused: children by parent, and what links to one of them, in whatever trace. */
export function effectsOf(spans: readonly FoundSpan[], root: FoundSpan): FoundSpan[] {
  const byCause = new Map<string, FoundSpan[]>();
  for (const span of spans) for (const cause of span.causes) byCause.set(cause, [...(byCause.get(cause) ?? []), span]);
  const reached = new Map([[root.id, root]]);
  for (const {id} of reached.values()) {
    for (const effect of byCause.get(id) ?? []) reached.set(effect.id, effect);
  }
  return [...reached.values()];
}
