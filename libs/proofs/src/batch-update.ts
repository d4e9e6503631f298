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

/** Copy-on-write of the paths that a sorted batch touches. Remembers what it added and what it replaced. */
export class BatchUpdate {
  readonly added: NodeRef[] = [];
  readonly replaced: NodeRef[] = [];

  constructor(
    private readonly pool: NodePool,
    private readonly sha256: Sha256,
  ) {}

  /** The subtree `ref` at `depth` with `changes` (ascending by key, no key twice) applied. */
  apply(ref: NodeRef, depth: number, changes: readonly Item[]): NodeRef {
    if (changes.length === 0) return ref;
    if (ref > 0) return this.applyToInner(ref, depth, changes);
    return this.build(this.withLeaf(ref, changes), depth);
  }

  private applyToInner(ref: NodeRef, depth: number, changes: readonly Item[]): NodeRef {
    const middle = firstRight(changes, depth);
    const [left, right] = [this.pool.left(ref), this.pool.right(ref)];
    const newLeft = this.apply(left, depth + 1, changes.slice(0, middle));
    const newRight = this.apply(right, depth + 1, changes.slice(middle));
    // Only removals of keys that are not there leave both sides as they were.
    if (newLeft === left && newRight === right) return ref;
    this.replaced.push(ref);
    return this.join(newLeft, newRight);
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
    return this.join(this.build(left, depth + 1), this.build(right, depth + 1));
  }

  private join(left: NodeRef, right: NodeRef): NodeRef {
    // A subtree with one leaf is that leaf; one without is empty.
    if (left === EMPTY && right <= EMPTY) return right;
    if (right === EMPTY && left <= EMPTY) return left;
    const children = new Uint8Array(2 * HASH_BYTES);
    this.pool.copyHash(left, children, 0);
    this.pool.copyHash(right, children, HASH_BYTES);
    return this.keep(this.pool.addInner(left, right, stateNodeHash(children, this.sha256)));
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

function firstRight(changes: readonly Item[], depth: number): number {
  const at = changes.findIndex((change) => bitOf(change.key, depth) === 1);
  return at < 0 ? changes.length : at;
}
