/** What stands in CometBFT's pool, as far as CheckTx let it in. */
const POOL_BYTES = 33_554_432;
const RIGHTS_ONLY_ABOVE_BYTES = (POOL_BYTES * 3) / 4;
const MOST_TXS_PER_KEY = 64;
const MOST_BYTES_PER_KEY = 1_048_576;

interface Pending {
  readonly signer: string;
  readonly bytes: number;
}

/**
 * Keeps one key from filling the pool, and the last quarter of it for rights. An estimate: the pool is CometBFT's, and
 * what it drops on its own is noticed only when it starts again.
 */
export class PendingTxs {
  private readonly byName = new Map<string, Pending>();
  private readonly bySigner = new Map<string, {txs: number; bytes: number}>();
  private bytes = 0;

  admits(signer: string, bytes: number, rights: boolean): boolean {
    const own = this.bySigner.get(signer) ?? {txs: 0, bytes: 0};
    if (own.txs >= MOST_TXS_PER_KEY || own.bytes + bytes > MOST_BYTES_PER_KEY) return false;
    return rights || this.bytes + bytes <= RIGHTS_ONLY_ABOVE_BYTES;
  }

  has(name: string): boolean {
    return this.byName.has(name);
  }

  add(name: string, pending: Pending): void {
    if (this.byName.has(name)) return;
    this.byName.set(name, pending);
    this.count(pending, 1);
  }

  /** It is in a block. */
  remove(name: string): void {
    const pending = this.byName.get(name);
    if (pending === undefined) return;
    this.byName.delete(name);
    this.count(pending, -1);
  }

  /** CometBFT started again with an empty pool. */
  clear(): void {
    this.byName.clear();
    this.bySigner.clear();
    this.bytes = 0;
  }

  private count({signer, bytes}: Pending, sign: 1 | -1): void {
    const own = this.bySigner.get(signer) ?? {txs: 0, bytes: 0};
    const next = {txs: own.txs + sign, bytes: own.bytes + sign * bytes};
    if (next.txs === 0) this.bySigner.delete(signer);
    else this.bySigner.set(signer, next);
    this.bytes += sign * bytes;
  }
}
