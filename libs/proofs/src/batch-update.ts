import {equalBytes} from '@vitalvault/contracts';
import {EMPTY} from './node-pool.js';
import type {NodePool, NodeRef} from './node-pool.js';
import type {Sha256} from './sha256.js';
import {HASH_BYTES} from './sha256.js';
import {bitOf, stateLeafHash, stateNodeHash} from './state-hash.js';

/** One change of a batch: a value's hash (SHA-256 of the value) to be set, or undefined to take the key out. */
export interface StateChange {
  readonly key: Uint8Array;
  readonly valueHash: Uint8Array | undefined;
}

/** A leaf on its way into a subtree: one that is there already, or a change that makes one. */
interface Item extends StateChange {
  readonly existing?: NodeRef;
}

/**
 * Copy-on-write of the paths that a sorted batch touches. Remembers what it added and what it replaced. First the nodes
 * are made, then they are hashed, level by level from the deepest: by then both children of a node have their hashes.
 */
export class BatchUpdate {
  readonly added: NodeRef[] = [];
  readonly replaced: NodeRef[] = [];
  /** Inner nodes without a hash, by their depth. */
  private readonly unhashed: NodeRef[][] = [];

  constructor(
    private readonly pool: NodePool,
    private readonly sha256: Sha256,
    /** Ascending by key, no key twice. */
    private readonly changes: readonly StateChange[],
  ) {}

  /** The tree `root` with the changes applied. */
  apply(root: NodeRef): NodeRef {
    const result = this.change(root, 0, 0, this.changes.length);
    this.hashLevels();
    return result;
  }

  // The subtree `ref` at `depth` with the changes [from, to), which are all of this subtree.
  private change(ref: NodeRef, depth: number, from: number, to: number): NodeRef {
    if (from === to) return ref;
    if (ref <= EMPTY) return this.build(this.withLeaf(ref, this.changes.slice(from, to)), depth);
    const middle = this.firstRight(depth, from, to);
    const [left, right] = [this.pool.left(ref), this.pool.right(ref)];
    const newLeft = this.change(left, depth + 1, from, middle);
    const newRight = this.change(right, depth + 1, middle, to);
    // Only removals of keys that are not there leave both sides as they were.
    if (newLeft === left && newRight === right) return ref;
    this.replaced.push(ref);
    return this.join(newLeft, newRight, depth);
  }

  // The changes ascend, and up to `depth` their keys are the same.
  private firstRight(depth: number, from: number, to: number): number {
    let [low, high] = [from, to];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (bitOf((this.changes[middle] as StateChange).key, depth) === 1) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  // The leaf at the end of a path joins the leaves that the batch brings there, unless one of them has its key.
  private withLeaf(ref: NodeRef, changes: readonly Item[]): Item[] {
    const items = changes.filter((change) => change.valueHash !== undefined);
    if (ref === EMPTY) return items;
    const key = this.pool.leafKey(ref).slice();
    if (changes.some((change) => equalBytes(change.key, key))) {
      this.replaced.push(ref);
      return items;
    }
    return [...items, {key, valueHash: undefined, existing: ref}];
  }

  private build(items: readonly Item[], depth: number): NodeRef {
    const [first] = items;
    if (first === undefined) return EMPTY;
    if (items.length === 1) return first.existing ?? this.leaf(first);
    const left = items.filter((item) => bitOf(item.key, depth) === 0);
    const right = items.filter((item) => bitOf(item.key, depth) === 1);
    return this.join(this.build(left, depth + 1), this.build(right, depth + 1), depth);
  }

  private join(left: NodeRef, right: NodeRef, depth: number): NodeRef {
    // A subtree with one leaf is that leaf; one without is empty.
    if (left === EMPTY && right <= EMPTY) return right;
    if (right === EMPTY && left <= EMPTY) return left;
    const ref = this.keep(this.pool.addInner(left, right));
    (this.unhashed[depth] ??= []).push(ref);
    return ref;
  }

  private hashLevels(): void {
    const words = new Int32Array((2 * HASH_BYTES) / Int32Array.BYTES_PER_ELEMENT);
    const children = new Uint8Array(words.buffer);
    for (let depth = this.unhashed.length - 1; depth >= 0; depth--) {
      for (const ref of this.unhashed[depth] ?? []) {
        this.pool.copyHash(this.pool.left(ref), words, 0);
        this.pool.copyHash(this.pool.right(ref), words, words.length / 2);
        this.pool.setHash(ref, stateNodeHash(children, this.sha256));
      }
    }
  }

  private leaf({key, valueHash}: Item): NodeRef {
    const hash = valueHash as Uint8Array;
    return this.keep(this.pool.addLeaf(key, hash, stateLeafHash(key, hash, this.sha256)));
  }

  private keep(ref: NodeRef): NodeRef {
    this.added.push(ref);
    return ref;
  }
}
