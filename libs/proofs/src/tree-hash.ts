import {HASH_BYTES, portableSha256} from './sha256.js';
import type {Sha256} from './sha256.js';

/** Hash of the empty log: SHA-256 of nothing. @spec RFC 9162 §2.1.1 */
export function emptyLogRoot(sha256: Sha256 = portableSha256): Uint8Array {
  return sha256(new Uint8Array(0));
}

/** Hash of a leaf: SHA-256(0x00 || leaf); 32 bytes. @spec RFC 9162 §2.1.1 */
export function leafHash(leaf: Uint8Array, sha256: Sha256 = portableSha256): Uint8Array {
  const input = new Uint8Array(1 + leaf.length);
  input.set(leaf, 1);
  return sha256(input);
}

/** Hash of an inner node: SHA-256(0x01 || left || right); 32 bytes. @spec RFC 9162 §2.1.1 */
export function nodeHash(left: Uint8Array, right: Uint8Array, sha256: Sha256 = portableSha256): Uint8Array {
  const input = new Uint8Array(1 + 2 * HASH_BYTES);
  input[0] = 1;
  input.set(left, 1);
  input.set(right, 1 + HASH_BYTES);
  return sha256(input);
}
