import {HASH_BYTES} from './sha256.js';

const FIRST_CAPACITY = 256;
const HASH_WORDS = HASH_BYTES / Int32Array.BYTES_PER_ELEMENT;

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
    this.innerWords = new Int32Array(this.innerHashes.buffer);
    this.children = grown(this.children, new Int32Array(capacity * 2));
  });
  private readonly leaves = new Slots((capacity) => {
    this.leafHashes = grown(this.leafHashes, new Uint8Array(capacity * HASH_BYTES));
    this.leafWords = new Int32Array(this.leafHashes.buffer);
    this.leafKeys = grown(this.leafKeys, new Uint8Array(capacity * HASH_BYTES));
    this.valueHashes = grown(this.valueHashes, new Uint8Array(capacity * HASH_BYTES));
  });
  private innerHashes = new Uint8Array(FIRST_CAPACITY * HASH_BYTES);
  private innerWords = new Int32Array(this.innerHashes.buffer);
  private children = new Int32Array(FIRST_CAPACITY * 2);
  private leafHashes = new Uint8Array(FIRST_CAPACITY * HASH_BYTES);
  private leafWords = new Int32Array(this.leafHashes.buffer);
  private leafKeys = new Uint8Array(FIRST_CAPACITY * HASH_BYTES);
  private valueHashes = new Uint8Array(FIRST_CAPACITY * HASH_BYTES);

  /** Its hash follows: `setHash`. */
  addInner(left: NodeRef, right: NodeRef): NodeRef {
    const slot = this.inner.take();
    this.children[slot * 2] = left;
    this.children[slot * 2 + 1] = right;
    return slot + 1;
  }

  /** Of an inner node. */
  setHash(ref: NodeRef, hash: Uint8Array): void {
    this.innerHashes.set(hash, (ref - 1) * HASH_BYTES);
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
    if (ref === EMPTY) return new Uint8Array(HASH_BYTES);
    return ref > 0
      ? this.innerHashes.slice((ref - 1) * HASH_BYTES, ref * HASH_BYTES)
      : this.leafHashes.slice((-ref - 1) * HASH_BYTES, -ref * HASH_BYTES);
  }

  /** Copies a node's hash in words, which is several times faster than bytes. @param at where in `target`, in words */
  copyHash(ref: NodeRef, target: Int32Array, at: number): void {
    if (ref === EMPTY) {
      target.fill(0, at, at + HASH_WORDS);
      return;
    }
    const words = ref > 0 ? this.innerWords : this.leafWords;
    const from = (ref > 0 ? ref - 1 : -ref - 1) * HASH_WORDS;
    for (let i = 0; i < HASH_WORDS; i++) target[at + i] = words[from + i] as number;
  }

  /** View, valid until the pool changes. */
  leafKey(ref: NodeRef): Uint8Array {
    return this.leafKeys.subarray((-ref - 1) * HASH_BYTES, -ref * HASH_BYTES);
  }

  leafValueHash(ref: NodeRef): Uint8Array {
    return this.valueHashes.subarray((-ref - 1) * HASH_BYTES, -ref * HASH_BYTES);
  }
}
