import type {TransactionOutcome} from '../domain/transaction-outcome.js';
import type {Id, Projection} from './ports.js';

/** A wait for one transaction; `close` ends it without an answer. */
export interface ExpectedOutcome {
  /** @returns undefined when it is in no projected block within `timeoutMs`. */
  within(timeoutMs: number): Promise<TransactionOutcome | undefined>;
  close(): void;
}

/** Lets requests wait until the follower has projected the block that holds their transaction. */
export class TransactionOutcomes {
  readonly #waiting = new Map<Id, Set<() => void>>();

  constructor(private readonly projection: Projection) {}

  /** Transactions that somebody waits for. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** The follower projected a block with this transaction. */
  projected(txId: Id): void {
    for (const wake of this.#waiting.get(txId) ?? []) wake();
  }

  /** Ends every wait: the process stops. Whoever waited learns what is known by then. */
  release(): void {
    for (const waiting of this.#waiting.values()) for (const wake of waiting) wake();
  }

  /**
   * Call before the transaction is sent, so that no block can pass unseen. @param above only an inclusion above this
   * height counts.
   */
  expect(txId: Id, above = -1n): ExpectedOutcome {
    let wake = (): void => undefined;
    const woken = new Promise<void>((resolve) => {
      wake = resolve;
    });
    this.#add(txId, wake);
    const close = (): void => this.#remove(txId, wake);
    const within = async (timeoutMs: number): Promise<TransactionOutcome | undefined> => {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeoutMs);
      });
      try {
        await Promise.race([woken, late]);
      } finally {
        clearTimeout(timer);
        close();
      }
      // Read in any case: another process of this service may have projected it.
      const outcome = await this.projection.transaction(txId);
      return outcome !== undefined && outcome.height > above ? outcome : undefined;
    };
    return {within, close};
  }

  #add(txId: Id, wake: () => void): void {
    const waiting = this.#waiting.get(txId) ?? new Set();
    this.#waiting.set(txId, waiting.add(wake));
  }

  #remove(txId: Id, wake: () => void): void {
    const waiting = this.#waiting.get(txId);
    waiting?.delete(wake);
    if (waiting?.size === 0) this.#waiting.delete(txId);
  }
}
