import {HASH_BYTES} from './sha256.js';
import type {Sha256} from './sha256.js';

// Written over by each call; the first byte stays 0.
const LEAF_INPUT = new Uint8Array(1 + 2 * HASH_BYTES);

/** SHA-256(0x00 || key || SHA-256(value)): 65 bytes in. @spec docs/protocol.md §5.1 */
export function stateLeafHash(key: Uint8Array, valueHash: Uint8Array, sha256: Sha256): Uint8Array {
  LEAF_INPUT.set(key, 1);
  LEAF_INPUT.set(valueHash, 1 + HASH_BYTES);
  return sha256(LEAF_INPUT);
}

/**
 * SHA-256(left || right): exactly 64 bytes in, so that the length keeps leaves and nodes apart. @spec docs/protocol.md
 * §5.1
 */
export function stateNodeHash(children: Uint8Array, sha256: Sha256): Uint8Array {
  return sha256(children);
}

/** Bit `depth` of a key, the most significant of byte 0 first. */
export function bitOf(key: Uint8Array, depth: number): 0 | 1 {
  return (((key[depth >> 3] as number) >> (7 - (depth & 7))) & 1) as 0 | 1;
}
