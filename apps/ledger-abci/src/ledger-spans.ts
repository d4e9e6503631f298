import {ROOT_CONTEXT, trace} from '@opentelemetry/api';
import type {Span, SpanContext} from '@opentelemetry/api';
import {parseTraceparent, startSpan} from '@vitalvault/process';
import {TwoGenerations} from './cache/two-generations.js';

/** A flood of transactions must not become a flood of spans. */
const MOST_TX_SPANS = 256;
const REMEMBERED_CONTEXTS = 8_192;

/**
 * What happened to a transaction, by CometBFT's hash of its bytes. Its sender is found by it, and no span has it:
 * whoever can read the chain would see whose it was.
 */
export interface TracedTx {
  /** 32 bytes as latin1, as `txName` gives it. */
  readonly name: string;
  readonly code: number;
}

/**
 * Spans of the ledger; without telemetry they go nowhere. Trace context never enters a transaction (D-1): who sends one
 * may say beforehand under which span, and the ledger's spans link to it. The table is small, in memory, and forgets.
 */
export class LedgerSpans {
  readonly #senders = new TwoGenerations<SpanContext>(REMEMBERED_CONTEXTS);

  /** `hash` 32 bytes, W3C traceparent. @returns false when it is none */
  expect(txHash: Uint8Array, traceparent: string): boolean {
    const sender = parseTraceparent(traceparent);
    if (txHash.length !== 32 || sender === undefined) return false;
    this.#senders.set(Buffer.from(txHash).toString('latin1'), sender);
    return true;
  }

  checked(tx: TracedTx, startMs: number): void {
    this.#txSpan('ledger.check_tx', tx, startMs).end();
  }

  finalized({height, txs}: {readonly height: bigint; readonly txs: readonly TracedTx[]}, startMs: number): void {
    const block = startSpan('ledger.finalize_block', {
      parent: ROOT_CONTEXT,
      startTime: new Date(startMs),
      attributes: {'vitalvault.height': Number(height), 'vitalvault.tx_count': txs.length},
    });
    for (const tx of txs.slice(0, MOST_TX_SPANS)) this.#txSpan('ledger.finalize_tx', tx, startMs, block).end();
    block.end();
  }

  #txSpan(name: string, tx: TracedTx, startMs: number, parent?: Span): Span {
    const sender = this.#senders.get(tx.name);
    return startSpan(name, {
      parent: parent === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, parent),
      startTime: new Date(startMs),
      attributes: {'vitalvault.code': tx.code},
      links: sender === undefined ? [] : [{context: sender}],
    });
  }
}
