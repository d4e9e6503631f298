import {HASH_BYTES} from './sha256.js';

const FIRST_CAPACITY = 256;

/** Slots of a pool that grow together; a slot that was released is used again first. */
class Slots {
  private next = 0;
  private readonly free: number[] = [];
  capacity = FIRST_CAPACITY;

  constructor(private readonly grow: (capacity: number) => void) {}

  take(): number {
    const released = this.free.pop();
    if (released !== undefined) return released;
    if (this.next === this.capacity) this.grow((this.capacity *= 2));
    return this.next++;
  }

  release(slot: number): void {
    this.free.push(slot);
  }
}

function grown<A extends Uint8Array | Int32Array>(array: A, larger: A): A {
  larger.set(array);
  return larger;
}

/**
 * Reference to a node: 0 is the empty subtree, n > 0 inner node n - 1, n < 0 leaf -n - 1.
 */
export type NodeRef = number;
export const EMPTY: NodeRef = 0;

/**
 * Nodes of a state tree in flat arrays: about 77 bytes a node instead of several objects, and nothing for the garbage
 * collector to walk at a million keys.
 */
export class NodePool {
  private readonly inner = new Slots((capacity) => {
    this.innerHashes = grown(this.innerHashes, new Uint8Array(capacity * HASH_BYTES));
    this.children = grown(this.children, new Int32Array(capacity * 2));
  });
  private readonly leaves = new Slots((capacity) => {
    this.leafHashes = grown(this.leafHashes, new Uint8Array(capacity * HASH_BYTES));
    this.leafKeys = grown(this.leafKeys, new Uint8Array(capacity * HASH_BYTES));
    this.valueHashes = grown(this.valueHashes, new Uint8Array(capacity * HASH_BYTES));
  });
  private innerHashes = new Uint8Array(FIRST_CAPACITY * HASH_BYTES);
  private children = new Int32Array(FIRST_CAPACITY * 2);
  private leafHashes = new Uint8Array(FIRST_CAPACITY * HASH_BYTES);
  private leafKeys = new Uint8Array(FIRST_CAPACITY * HASH_BYTES);
  private valueHashes = new Uint8Array(FIRST_CAPACITY * HASH_BYTES);

  addInner(left: NodeRef, right: NodeRef, hash: Uint8Array): NodeRef {
    const slot = this.inner.take();
    this.children[slot * 2] = left;
    this.children[slot * 2 + 1] = right;
    this.innerHashes.set(hash, slot * HASH_BYTES);
    return slot + 1;
  }

  addLeaf(key: Uint8Array, valueHash: Uint8Array, hash: Uint8Array): NodeRef {
    const slot = this.leaves.take();
    this.leafKeys.set(key, slot * HASH_BYTES);
    this.valueHashes.set(valueHash, slot * HASH_BYTES);
    this.leafHashes.set(hash, slot * HASH_BYTES);
    return -(slot + 1);
  }

  release(ref: NodeRef): void {
    if (ref > 0) this.inner.release(ref - 1);
    else if (ref < 0) this.leaves.release(-ref - 1);
  }

  left(ref: NodeRef): NodeRef {
    return this.children[(ref - 1) * 2] as number;
  }

  right(ref: NodeRef): NodeRef {
    return this.children[(ref - 1) * 2 + 1] as number;
  }

  /** Copy of the node's hash; 32 zero bytes for the empty one. */
  hash(ref: NodeRef): Uint8Array {
    const hash = new Uint8Array(HASH_BYTES);
    this.copyHash(ref, hash, 0);
    return hash;
  }

  copyHash(ref: NodeRef, target: Uint8Array, offset: number): void {
    if (ref === EMPTY) target.fill(0, offset, offset + HASH_BYTES);
    else if (ref > 0) target.set(this.innerHashes.subarray((ref - 1) * HASH_BYTES, ref * HASH_BYTES), offset);
    else target.set(this.leafHashes.subarray((-ref - 1) * HASH_BYTES, -ref * HASH_BYTES), offset);
  }

  /** View, valid until the pool changes. */
  leafKey(ref: NodeRef): Uint8Array {
    return this.leafKeys.subarray((-ref - 1) * HASH_BYTES, -ref * HASH_BYTES);
  }

  leafValueHash(ref: NodeRef): Uint8Array {
    return this.valueHashes.subarray((-ref - 1) * HASH_BYTES, -ref * HASH_BYTES);
  }
}
