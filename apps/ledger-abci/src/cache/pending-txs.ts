import {LIMITS} from '@vitalvault/contracts';
import {PoolShares} from './pool-shares.js';
import type {Sharer} from './pool-shares.js';

/** What waits in CometBFT's pool, and until when it may be of use. */
export interface Pending extends Sharer {
  /** The last height that takes it. */
  readonly expiresAtHeight: bigint;
  /** The last block time that takes it, Unix seconds. */
  readonly expiresAtTime: bigint;
}

/**
 * Blocks after which an entry is forgotten. A pool that is full is in blocks after eight, and a key's 64 after as many:
 * what waits for longer was dropped.
 */
const MOST_BLOCKS = 128n;

/**
 * Keeps anybody from filling the pool (`PoolShares`), as far as it is known here. The pool is CometBFT's, which drops
 * without a word (when it is full, when it starts again), so that an entry must have an end of its own: a block, its
 * expiry, its age. Whoever proposes sees the pool itself, and counts anew from that.
 */
export class PendingTxs {
  /** In the order in which they came. */
  private readonly byName = new Map<string, Pending & {readonly since: bigint}>();
  private readonly shares = new PoolShares();
  /** Let in since the last block: the pool's list may not have them yet. */
  private readonly fresh = new Set<string>();
  private height = 0n;

  admits(pending: Pending): boolean {
    return this.shares.admit(pending);
  }

  get(name: string): Pending | undefined {
    return this.byName.get(name);
  }

  get size(): number {
    return this.byName.size;
  }

  /** CheckTx let it in. */
  add(name: string, pending: Pending): void {
    this.fresh.add(name);
    this.put(name, pending);
  }

  /** CheckTx refused it again, and CometBFT's pool has dropped it. */
  dropped(name: string): void {
    this.remove(name);
  }

  /** A block is committed: its transactions leave, and whatever no later block takes, or waits for too long. */
  committed(names: readonly string[], {height, time}: {height: bigint; time: bigint}): void {
    this.height = height;
    this.fresh.clear();
    for (const name of names) this.remove(name);
    for (const [name, {since, expiresAtHeight, expiresAtTime}] of this.byName)
      if (expiresAtHeight <= height || expiresAtTime < time || height - since >= MOST_BLOCKS) this.remove(name);
  }

  /**
   * All that CometBFT's pool holds, as PrepareProposal sees it.
   * @param pendingOf of one that is not known here: after a start, or an age
   */
  proposed(names: readonly string[], pendingOf: (place: number) => Pending | undefined): void {
    const there = new Set(names);
    for (const name of this.byName.keys()) if (!there.has(name) && !this.fresh.has(name)) this.remove(name);
    for (const [place, name] of names.entries()) {
      const pending = this.byName.has(name) ? undefined : pendingOf(place);
      if (pending !== undefined) this.put(name, pending);
    }
  }

  private put(name: string, pending: Pending): void {
    if (this.byName.has(name) || this.byName.size >= LIMITS.mempoolTxs) return;
    this.byName.set(name, {...pending, since: this.height});
    this.shares.count(pending, 1);
  }

  private remove(name: string): void {
    const pending = this.byName.get(name);
    if (pending === undefined) return;
    this.byName.delete(name);
    this.shares.count(pending, -1);
  }
}
