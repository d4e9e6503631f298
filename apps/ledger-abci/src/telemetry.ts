import {ROOT_CONTEXT, SpanKind, trace, TraceFlags} from '@opentelemetry/api';
import type {Link, Span, SpanContext, Tracer} from '@opentelemetry/api';
import {OTLPTraceExporter} from '@opentelemetry/exporter-trace-otlp-proto';
import {resourceFromAttributes} from '@opentelemetry/resources';
import {BatchSpanProcessor, TracerProvider} from '@opentelemetry/sdk-trace';
import type {SpanExporter} from '@opentelemetry/sdk-trace';
import {TwoGenerations} from './cache/two-generations.js';

const EXPORT_EVERY_MS = 500;
const EXPORT_TIMEOUT_MS = 5_000;
const SHUTDOWN_MS = 2_000;
/** A flood of transactions must not become a flood of spans. */
const MOST_TX_SPANS = 256;
const REMEMBERED_CONTEXTS = 8_192;
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;

/** What happened to a transaction, by CometBFT's hash of its bytes: public, and no patient's identifier. */
export interface TracedTx {
  /** 32 bytes as latin1, as `txName` gives it. */
  readonly name: string;
  readonly code: number;
}

/**
 * Spans of the ledger. Trace context never enters a transaction (D-1): who sends one may say beforehand under which
 * span, and the ledger's spans link to it. The table is small, in memory, and forgets.
 */
export interface LedgerTelemetry {
  /** `hash` 32 bytes, W3C traceparent. @returns false when it is none */
  expect(txHash: Uint8Array, traceparent: string): boolean;
  checked(tx: TracedTx, startMs: number): void;
  finalized(block: {readonly height: bigint; readonly txs: readonly TracedTx[]}, startMs: number): void;
  shutdown(): Promise<void>;
}

/** Without a Collector: nothing is recorded. */
export const NO_TELEMETRY: LedgerTelemetry = {
  expect: () => true,
  checked: () => undefined,
  finalized: () => undefined,
  shutdown: () => Promise.resolve(),
};

export function startTelemetry(otlpUrl: string, exporter?: SpanExporter): LedgerTelemetry {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': 'ledger-abci',
      'service.namespace': 'vitalvault',
      'service.instance.id': `ledger-abci-${process.pid}`,
    }),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter:
          exporter ??
          new OTLPTraceExporter({url: new URL('/v1/traces', otlpUrl).href, timeoutMillis: EXPORT_TIMEOUT_MS}),
        scheduledDelayMillis: EXPORT_EVERY_MS,
        maxQueueSize: 4_096,
        exportTimeoutMillis: EXPORT_TIMEOUT_MS,
      }),
    ],
  });
  const spans = new LedgerSpans(provider.getTracer('vitalvault-ledger'));
  const within = new Promise<void>((resolve) => {
    setTimeout(resolve, SHUTDOWN_MS).unref();
  });
  return {
    expect: (txHash, traceparent) => spans.expect(txHash, traceparent),
    checked: (tx, startMs) => {
      spans.checked(tx, startMs);
    },
    finalized: (block, startMs) => {
      spans.finalized(block, startMs);
    },
    shutdown: () => Promise.race([provider.shutdown().catch(() => undefined), within]),
  };
}

class LedgerSpans {
  private readonly senders = new TwoGenerations<SpanContext>(REMEMBERED_CONTEXTS);

  constructor(private readonly tracer: Tracer) {}

  expect(txHash: Uint8Array, traceparent: string): boolean {
    const [, traceId, spanId, flags] = TRACEPARENT.exec(traceparent) ?? [];
    if (txHash.length !== 32 || traceId === undefined || spanId === undefined || flags === undefined) return false;
    const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
    this.senders.set(Buffer.from(txHash).toString('latin1'), {traceId, spanId, traceFlags, isRemote: true});
    return true;
  }

  checked(tx: TracedTx, startMs: number): void {
    this.txSpan('ledger.check_tx', tx, startMs).end();
  }

  finalized({height, txs}: {readonly height: bigint; readonly txs: readonly TracedTx[]}, startMs: number): void {
    const attributes = {'vitalvault.height': Number(height), 'vitalvault.tx_count': txs.length};
    const block = this.tracer.startSpan(
      'ledger.finalize_block',
      {kind: SpanKind.INTERNAL, startTime: startMs, attributes},
      ROOT_CONTEXT,
    );
    for (const tx of txs.slice(0, MOST_TX_SPANS)) this.txSpan('ledger.finalize_tx', tx, startMs, block).end();
    block.end();
  }

  private txSpan(name: string, tx: TracedTx, startMs: number, parent?: Span): Span {
    const sender = this.senders.get(tx.name);
    const links: Link[] = sender === undefined ? [] : [{context: sender}];
    const attributes = {
      'vitalvault.tx_hash': Buffer.from(tx.name, 'latin1').toString('hex'),
      'vitalvault.code': tx.code,
    };
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent);
    return this.tracer.startSpan(name, {kind: SpanKind.INTERNAL, startTime: startMs, attributes, links}, context);
  }
}
