import {sha256Of} from '@vitalvault/contracts';
import type {Sha256} from './sha256.js';
import {emptyLogRoot, nodeHash} from './tree-hash.js';

/** The largest power of two below `n` (n ≥ 2). */
export function splitPoint(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

/**
 * Root over leaf hashes, straight from the definition (MTH). O(n): for logs that are at hand as a whole. @spec RFC 9162
 * §2.1.1
 */
export function merkleRoot(leafHashes: readonly Uint8Array[], sha256: Sha256 = sha256Of): Uint8Array {
  const [first] = leafHashes;
  if (first === undefined) return emptyLogRoot(sha256);
  if (leafHashes.length === 1) return first;
  const k = splitPoint(leafHashes.length);
  return nodeHash(merkleRoot(leafHashes.slice(0, k), sha256), merkleRoot(leafHashes.slice(k), sha256), sha256);
}

/**
 * PROOF(size1, D[size2]): that the log of `size2` begins with that of `size1`. O(n).
 * @throws RangeError unless 0 < size1 ≤ size2 ≤ number of leaves.
 * @spec RFC 9162 §2.1.4.1
 */
export function consistencyProof(
  leafHashes: readonly Uint8Array[],
  size1: number,
  size2 = leafHashes.length,
  sha256: Sha256 = sha256Of,
): Uint8Array[] {
  if (size1 <= 0 || size1 > size2 || size2 > leafHashes.length) throw new RangeError(`no sizes ${size1} and ${size2}`);
  return subproof(leafHashes.slice(0, size2), size1, true, sha256);
}

function subproof(leaves: readonly Uint8Array[], m: number, whole: boolean, sha256: Sha256): Uint8Array[] {
  if (m === leaves.length) return whole ? [] : [merkleRoot(leaves, sha256)];
  const k = splitPoint(leaves.length);
  const left = leaves.slice(0, k);
  const right = leaves.slice(k);
  if (m <= k) return [...subproof(left, m, whole, sha256), merkleRoot(right, sha256)];
  return [...subproof(right, m - k, false, sha256), merkleRoot(left, sha256)];
}
