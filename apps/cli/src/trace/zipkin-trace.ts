import {CliError, EXIT} from '../cli-error.js';
import type {Span} from './otlp-lines.js';
import type {PlacedSpan} from './span-tree.js';

/** A span as version 2 of Zipkin's API takes it. Times in microseconds since the epoch; ids in hex. */
export interface ZipkinSpan {
  traceId: string;
  id: string;
  parentId: string | undefined;
  name: string;
  kind: string | undefined;
  timestamp: number;
  duration: number;
  localEndpoint: {serviceName: string};
  remoteEndpoint: {serviceName: string} | undefined;
  tags: Record<string, string>;
}

const KINDS: readonly (string | undefined)[] = [undefined, undefined, 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];
const ALL_BITS = (1n << 128n) - 1n;
const LINKS_TOLD = 5;
const SPANS_AT_ONCE = 500;
const PATIENCE_MS = 10_000;

/** A span in its own trace. Zipkin knows no links: a tag has the traces that it links to. */
export function zipkinSpan(span: Span): ZipkinSpan {
  const linked = [...new Set(span.links.map(({traceId}) => traceId))].slice(0, LINKS_TOLD);
  return {
    traceId: span.traceId,
    id: span.spanId,
    parentId: span.parentSpanId === '' ? undefined : span.parentSpanId,
    name: span.name,
    kind: KINDS[span.kind],
    timestamp: span.startUs,
    duration: Math.max(1, span.endUs - span.startUs),
    localEndpoint: {serviceName: span.service},
    remoteEndpoint: remoteOf(span.attributes['messaging.system']),
    tags: {
      ...span.attributes,
      ...(linked.length > 0 ? {'links to': linked.join(' ')} : {}),
      ...(span.failed ? {error: span.attributes['error.type'] ?? 'true'} : {}),
    },
  };
}

const remoteOf = (serviceName: string | undefined): ZipkinSpan['remoteEndpoint'] =>
  serviceName === undefined ? undefined : {serviceName};

/**
 * A tree as one trace: what links to a span stands below it. The single traces may be in that Zipkin under their own
 * ids, so this one has an id of its own, the asked one with every bit turned.
 */
export function joinedTrace(placed: readonly PlacedSpan[], traceId: string): ZipkinSpan[] {
  const joinedId = (BigInt(`0x${traceId}`) ^ ALL_BITS).toString(16).padStart(32, '0');
  return placed.map(({span, byLink, causeId}) => {
    const own = zipkinSpan(span);
    const tags = {...own.tags, trace: span.traceId, ...(byLink ? {cause: 'a link'} : {})};
    return {...own, traceId: joinedId, parentId: causeId, tags};
  });
}

/**
 * Gives spans to a Zipkin.
 * @param zipkin its address
 * @throws CliError `zipkin-away`
 */
export async function sendToZipkin(zipkin: string, spans: readonly ZipkinSpan[]): Promise<void> {
  for (let from = 0; from < spans.length; from += SPANS_AT_ONCE) {
    const refused = await post(new URL('/api/v2/spans', zipkin), spans.slice(from, from + SPANS_AT_ONCE));
    if (refused !== undefined)
      throw new CliError('zipkin-away', `${zipkin} takes no spans: ${refused}.`, {
        remedy: 'Does it run, and is that its address?',
        exit: EXIT.unavailable,
      });
  }
}

/** Where Zipkin shows a trace. */
export const zipkinPage = (zipkin: string, traceId: string): string =>
  new URL(`/zipkin/traces/${traceId}`, zipkin).href;

/** @returns why they were not taken */
async function post(url: URL, spans: readonly ZipkinSpan[]): Promise<string | undefined> {
  const request = {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(spans),
    signal: AbortSignal.timeout(PATIENCE_MS),
  };
  try {
    const response = await fetch(url, request);
    await response.body?.cancel();
    return response.ok ? undefined : `HTTP ${response.status}`;
  } catch (error) {
    if (!(error instanceof Error)) return String(error);
    // What `fetch` says is only that it failed.
    return error.cause instanceof Error ? error.cause.message : error.message;
  }
}
