import {LIMITS} from '@vitalvault/contracts';

/** What waits in CometBFT's pool, and until when it may be of use. */
export interface Pending {
  readonly signer: string;
  readonly bytes: number;
  /** The last height that takes it. */
  readonly expiresAtHeight: bigint;
  /** The last block time that takes it, Unix seconds. */
  readonly expiresAtTime: bigint;
}

const RIGHTS_ONLY_ABOVE_BYTES = (LIMITS.mempoolBytes * 3) / 4;
const RIGHTS_ONLY_ABOVE_TXS = (LIMITS.mempoolTxs * 3) / 4;
const MOST_TXS_PER_KEY = 64;
const MOST_BYTES_PER_KEY = 1_048_576;
/**
 * Blocks after which an entry is forgotten. A pool that is full is in blocks after eight, and a key's 64 after as many:
 * what waits for longer was dropped.
 */
const MOST_BLOCKS = 128n;

/**
 * Keeps one key from filling the pool, and the last quarter of it for rights. The pool is CometBFT's, which drops
 * without a word (when it is full, when it starts again), so that an entry must have an end of its own: a block, its
 * expiry, its age. Whoever proposes sees the pool itself, and counts anew from that.
 */
export class PendingTxs {
  /** In the order in which they came. */
  private readonly byName = new Map<string, Pending & {readonly since: bigint}>();
  private readonly bySigner = new Map<string, {txs: number; bytes: number}>();
  /** Let in since the last block: the pool's list may not have them yet. */
  private readonly fresh = new Set<string>();
  private height = 0n;
  private bytes = 0;

  admits(signer: string, bytes: number, rights: boolean): boolean {
    const own = this.bySigner.get(signer) ?? {txs: 0, bytes: 0};
    if (own.txs >= MOST_TXS_PER_KEY || own.bytes + bytes > MOST_BYTES_PER_KEY) return false;
    const [mostBytes, mostTxs] = rights
      ? [LIMITS.mempoolBytes, LIMITS.mempoolTxs]
      : [RIGHTS_ONLY_ABOVE_BYTES, RIGHTS_ONLY_ABOVE_TXS];
    return this.bytes + bytes <= mostBytes && this.byName.size < mostTxs;
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  get size(): number {
    return this.byName.size;
  }

  /** CheckTx let it in. */
  add(name: string, pending: Pending): void {
    this.fresh.add(name);
    this.put(name, pending);
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
    this.count(pending, 1);
  }

  private remove(name: string): void {
    const pending = this.byName.get(name);
    if (pending === undefined) return;
    this.byName.delete(name);
    this.count(pending, -1);
  }

  private count({signer, bytes}: Pending, sign: 1 | -1): void {
    const own = this.bySigner.get(signer) ?? {txs: 0, bytes: 0};
    const next = {txs: own.txs + sign, bytes: own.bytes + sign * bytes};
    if (next.txs === 0) this.bySigner.delete(signer);
    else this.bySigner.set(signer, next);
    this.bytes += sign * bytes;
  }
}
