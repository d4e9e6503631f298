import type {Id, TransactionTraces} from '../../src/application/ports.js';

/** Span contexts by transaction hash, in memory. */
export class MemoryTraces implements TransactionTraces {
  readonly #traces = new Map<Id, string>();

  remember = async (txHash: Id, traceparent: string): Promise<void> => void this.#traces.set(txHash, traceparent);
  find = async (txHashes: readonly Id[]): Promise<ReadonlyMap<Id, string>> =>
    new Map([...this.#traces].filter(([hash]) => txHashes.includes(hash)));
}
