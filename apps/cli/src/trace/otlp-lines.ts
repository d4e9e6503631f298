import {createReadStream} from 'node:fs';
import {createInterface} from 'node:readline';

/** Ids in hex. */
export interface SpanLink {
  traceId: string;
  spanId: string;
}

/** A span as the waterfall needs it. Times in microseconds since the epoch; ids in hex. */
export interface Span {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  service: string;
  /** As OTLP numbers it: 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  startUs: number;
  endUs: number;
  attributes: Record<string, string>;
  /** Spans, of this or another trace, that this span names as causes. */
  links: SpanLink[];
  failed: boolean;
}

interface OtlpValue {
  stringValue?: string;
  intValue?: string | number;
  boolValue?: boolean;
  doubleValue?: number;
}
interface OtlpAttribute {
  key: string;
  value: OtlpValue;
}
interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind?: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: OtlpAttribute[];
  links?: SpanLink[];
  status?: {code?: number};
}
interface OtlpLine {
  resourceSpans?: {resource?: {attributes?: OtlpAttribute[]}; scopeSpans?: {spans?: OtlpSpan[]}[]}[];
}

const ERROR_STATUS = 2;

/** Spans of one line of the Collector's file exporter (OTLP as JSON). A line that was cut off has none. */
export function spansOfLine(line: string): Span[] {
  let parsed: OtlpLine;
  try {
    parsed = JSON.parse(line) as OtlpLine;
  } catch {
    return [];
  }
  return (parsed.resourceSpans ?? []).flatMap(({resource, scopeSpans}) => {
    const service = attributesOf(resource?.attributes)['service.name'] ?? '?';
    return (scopeSpans ?? []).flatMap(({spans}) => (spans ?? []).map((span) => toSpan(span, service)));
  });
}

/** All spans of the Collector's file. */
export async function readSpans(file: string): Promise<Span[]> {
  const spans: Span[] = [];
  for await (const line of createInterface({input: createReadStream(file)})) spans.push(...spansOfLine(line));
  return spans;
}

function toSpan(span: OtlpSpan, service: string): Span {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    name: span.name,
    service,
    kind: span.kind ?? 0,
    startUs: microseconds(span.startTimeUnixNano),
    endUs: microseconds(span.endTimeUnixNano),
    attributes: attributesOf(span.attributes),
    links: (span.links ?? []).map(({traceId, spanId}) => ({traceId, spanId})),
    failed: span.status?.code === ERROR_STATUS,
  };
}

function microseconds(nanoseconds: string): number {
  return Number(BigInt(nanoseconds) / 1000n);
}

function attributesOf(attributes: OtlpAttribute[] | undefined): Record<string, string> {
  return Object.fromEntries(
    (attributes ?? []).map(({key, value}) => [
      key,
      String(value.stringValue ?? value.intValue ?? value.boolValue ?? value.doubleValue ?? ''),
    ]),
  );
}
