import {compareBytes, equalBytes, sha256Of} from '@vitalvault/contracts';
import {BatchUpdate} from './batch-update.js';
import type {StateChange} from './batch-update.js';
import {EMPTY, NodePool} from './node-pool.js';
import type {NodeRef} from './node-pool.js';
import {HASH_BYTES} from './sha256.js';
import type {Sha256} from './sha256.js';
import {bitOf} from './state-hash.js';
import type {StatePath} from './verify-state.js';

/**
 * The authenticated map as a compressed binary sparse Merkle tree over 256-bit keys. A subtree with one leaf is that
 * leaf's hash, an empty one 32 zero bytes. Updates come in batches that cost O(changes · log keys) hashes and share all
 * untouched nodes with the tree before: `stage` computes the next root while `root` and `prove` still speak for the
 * last committed one; `commit` makes it current, `discard` forgets it.
 * @spec docs/protocol.md §5.1
 */
export class StateTree {
  private readonly pool = new NodePool();
  private committed: NodeRef = EMPTY;
  private staged: {readonly root: NodeRef; readonly batch: BatchUpdate} | undefined;

  constructor(private readonly sha256: Sha256 = sha256Of) {}

  /** Root of the last committed state; 32 bytes, zero when there is no key. */
  get root(): Uint8Array {
    return this.pool.hash(this.committed);
  }

  /**
   * Computes the root after `changes` on top of the committed state; a batch staged before is discarded.
   * @throws RangeError when a key comes twice or a key or hash has not 32 bytes.
   */
  stage(changes: readonly StateChange[]): Uint8Array {
    this.discard();
    const sorted = changes.toSorted((a, b) => compareBytes(a.key, b.key));
    sorted.forEach(({key, valueHash}, i) => {
      if (key.length !== HASH_BYTES || (valueHash ?? key).length !== HASH_BYTES)
        throw new RangeError('keys and hashes have 32 bytes');
      const before = sorted[i - 1];
      if (before !== undefined && equalBytes(before.key, key)) throw new RangeError('a key comes twice in one batch');
    });
    const batch = new BatchUpdate(this.pool, this.sha256, sorted);
    const root = batch.apply(this.committed);
    this.staged = {root, batch};
    return this.pool.hash(root);
  }

  /** Makes the staged batch the committed state; nothing staged, nothing changed. */
  commit(): void {
    if (this.staged === undefined) return;
    for (const ref of this.staged.batch.replaced) this.pool.release(ref);
    this.committed = this.staged.root;
    this.staged = undefined;
  }

  /** Forgets the staged batch. */
  discard(): void {
    if (this.staged === undefined) return;
    for (const ref of this.staged.batch.added) this.pool.release(ref);
    this.staged = undefined;
  }

  /** `stage` and `commit`. */
  update(changes: readonly StateChange[]): Uint8Array {
    const root = this.stage(changes);
    this.commit();
    return root;
  }

  /** Proof of presence or absence of `key` under the committed root, for `verifyState`. */
  prove(key: Uint8Array): StatePath {
    const siblings: Uint8Array[] = [];
    let ref = this.committed;
    for (let depth = 0; ref > 0; depth++) {
      const [near, far] =
        bitOf(key, depth) === 1
          ? [this.pool.right(ref), this.pool.left(ref)]
          : [this.pool.left(ref), this.pool.right(ref)];
      siblings.push(this.pool.hash(far));
      ref = near;
    }
    if (ref === EMPTY || equalBytes(this.pool.leafKey(ref), key)) return {siblings};
    return {siblings, otherKey: this.pool.leafKey(ref).slice(), otherValueHash: this.pool.leafValueHash(ref).slice()};
  }
}
