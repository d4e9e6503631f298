import {LIMITS} from '@vitalvault/contracts';

/** By what a transaction is let in. */
export interface Waits {
  readonly signer: string;
  readonly rights: boolean;
  readonly succession: boolean;
}

/** What waits in CometBFT's pool, and until when it may be of use. */
export interface Pending {
  readonly signer: string;
  readonly bytes: number;
  /** The last height that takes it. */
  readonly expiresAtHeight: bigint;
  /** The last block time that takes it, Unix seconds. */
  readonly expiresAtTime: bigint;
}

/** Share of the pool, in sixteenths of bytes and of transactions, that each kind may fill. */
const SIXTEENTHS = {others: 12, rights: 15, successions: 16};
const MOST_TXS_PER_KEY = 64;
/** Of one key: the first that is executed ends all others. */
const MOST_SUCCESSIONS = 4;
const MOST_BYTES_PER_KEY = 1_048_576;
/**
 * Blocks after which an entry is forgotten. A pool that is full is in blocks after eight, and a key's 64 after as many:
 * what waits for longer was dropped.
 */
const MOST_BLOCKS = 128n;

/**
 * Keeps one key from filling the pool, the last quarter of it for rights, and the end of that for successions. The pool
 * is CometBFT's, which drops without a word (when it is full, when it starts again), so that an entry must have an end
 * of its own: a block, its expiry, its age. Whoever proposes sees the pool itself, and counts anew from that.
 */
export class PendingTxs {
  /** In the order in which they came. */
  private readonly byName = new Map<string, Pending & {readonly since: bigint}>();
  private readonly bySigner = new Map<string, {txs: number; bytes: number}>();
  /** Let in since the last block: the pool's list may not have them yet. */
  private readonly fresh = new Set<string>();
  private height = 0n;
  private bytes = 0;

  /** @param of `Verdict` of its bytes: a succession has another `signer` than all else of its key */
  admits(bytes: number, {signer, rights, succession}: Waits): boolean {
    const own = this.bySigner.get(signer) ?? {txs: 0, bytes: 0};
    const mostOwn = succession ? MOST_SUCCESSIONS : MOST_TXS_PER_KEY;
    if (own.txs >= mostOwn || own.bytes + bytes > MOST_BYTES_PER_KEY) return false;
    const share = succession ? SIXTEENTHS.successions : rights ? SIXTEENTHS.rights : SIXTEENTHS.others;
    const most = (all: number): number => (all * share) / 16;
    return this.bytes + bytes <= most(LIMITS.mempoolBytes) && this.byName.size < most(LIMITS.mempoolTxs);
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
