import {CODE} from '@vitalvault/contracts';

/** What became of a transaction in the one block that counts for it. */
export interface TxOutcome {
  readonly height: bigint;
  readonly code: number;
  /** Canonical result data; part of consensus. */
  readonly data: Uint8Array;
  /** Position in the block. */
  readonly index: number;
}

// Refusals up to here come before the nonce is used: the same transaction may still be executed later.
const LAST_COMMON_CODE = CODE.nonceTooFar;

/** Remembers the outcomes of the newest transactions and wakes who waits for one. */
export class TxOutcomes {
  private readonly outcomes = new Map<string, TxOutcome>();
  private readonly waiting = new Map<string, Set<(outcome: TxOutcome) => void>>();

  constructor(private readonly capacity: number) {}

  /** Takes note of an inclusion. One that was refused for its used nonce never replaces the one that used it. */
  record(txId: string, outcome: TxOutcome): void {
    const known = this.outcomes.get(txId);
    if (known !== undefined && (isFinal(known) || outcome.code === CODE.nonceUsed)) return;
    this.outcomes.delete(txId);
    this.outcomes.set(txId, outcome);
    for (const wake of this.waiting.get(txId) ?? []) wake(outcome);
    this.waiting.delete(txId);
    for (const oldest of this.outcomes.keys()) {
      if (this.outcomes.size <= this.capacity) break;
      this.outcomes.delete(oldest);
    }
  }

  get(txId: string): TxOutcome | undefined {
    return this.outcomes.get(txId);
  }

  /** The outcome when it is known; undefined when `signal` is aborted before. */
  async wait(txId: string, signal: AbortSignal): Promise<TxOutcome | undefined> {
    const known = this.outcomes.get(txId);
    if (known !== undefined || signal.aborted) return known;
    return new Promise((resolve) => {
      const waiters = this.waiting.get(txId) ?? new Set();
      this.waiting.set(txId, waiters);
      const settle = (outcome?: TxOutcome): void => {
        signal.removeEventListener('abort', giveUp);
        resolve(outcome);
      };
      const giveUp = (): void => {
        waiters.delete(settle);
        if (waiters.size === 0 && this.waiting.get(txId) === waiters) this.waiting.delete(txId);
        settle();
      };
      waiters.add(settle);
      signal.addEventListener('abort', giveUp, {once: true});
    });
  }
}

function isFinal({code}: TxOutcome): boolean {
  return code === CODE.ok || code > LAST_COMMON_CODE;
}
