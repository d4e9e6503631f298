import {sha256Of} from '@vitalvault/contracts';
import {HASH_BYTES} from './sha256.js';
import type {Sha256} from './sha256.js';

// Written over by each call: memory for such an input costs more than its hash. The first byte stays as it is.
const LEAF_INPUT = new Uint8Array(1_024);
const NODE_INPUT = Uint8Array.of(1, ...new Uint8Array(2 * HASH_BYTES));

/** Hash of the empty log: SHA-256 of nothing. @spec RFC 9162 §2.1.1 */
export function emptyLogRoot(sha256: Sha256 = sha256Of): Uint8Array {
  return sha256(new Uint8Array(0));
}

/** Hash of a leaf: SHA-256(0x00 || leaf); 32 bytes. @spec RFC 9162 §2.1.1 */
export function leafHash(leaf: Uint8Array, sha256: Sha256 = sha256Of): Uint8Array {
  const input =
    leaf.length < LEAF_INPUT.length ? LEAF_INPUT.subarray(0, 1 + leaf.length) : new Uint8Array(1 + leaf.length);
  input.set(leaf, 1);
  return sha256(input);
}

/** Hash of an inner node: SHA-256(0x01 || left || right); 32 bytes. @spec RFC 9162 §2.1.1 */
export function nodeHash(left: Uint8Array, right: Uint8Array, sha256: Sha256 = sha256Of): Uint8Array {
  NODE_INPUT.set(left, 1);
  NODE_INPUT.set(right, 1 + HASH_BYTES);
  return sha256(NODE_INPUT);
}
