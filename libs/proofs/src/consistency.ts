import {equalBytes, sha256Of} from '@vitalvault/contracts';
import {toCount} from './count.js';
import type {Count} from './count.js';
import {above, hasLeftSibling} from './path-place.js';
import {HASH_BYTES} from './sha256.js';
import type {Sha256} from './sha256.js';
import {nodeHash} from './tree-hash.js';

export interface ConsistencyClaim {
  readonly size1: Count;
  readonly size2: Count;
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * Whether the log of `size2` leaves begins with the log of `size1` leaves. Never throws: whatever is wrong gives false.
 * An empty first log proves nothing and gives false.
 * @spec RFC 9162 §2.1.4.2
 */
export function verifyConsistency(claim: ConsistencyClaim, sha256: Sha256 = sha256Of): boolean {
  const size1 = toCount(claim.size1);
  const size2 = toCount(claim.size2);
  if (size1 === undefined || size2 === undefined || size1 === 0n || size1 > size2) return false;
  if (size1 === size2) return claim.proof.length === 0 && equalBytes(claim.root1, claim.root2);
  if (claim.proof.some((hash) => hash.length !== HASH_BYTES)) return false;
  return rebuildsBoth(claim, size1, size2, sha256);
}

function rebuildsBoth(claim: ConsistencyClaim, size1: bigint, size2: bigint, sha256: Sha256): boolean {
  // RFC 9162 §2.1.4.2 step 2: a power of two is itself the first node of the path.
  const path = (size1 & (size1 - 1n)) === 0n ? [claim.root1, ...claim.proof] : [...claim.proof];
  const first = path.shift();
  if (first === undefined || first.length !== HASH_BYTES) return false;
  let place = {node: size1 - 1n, last: size2 - 1n};
  while ((place.node & 1n) === 1n) place = {node: place.node >> 1n, last: place.last >> 1n};
  let hash1 = first;
  let hash2 = first;
  for (const node of path) {
    if (place.last === 0n) return false;
    const left = hasLeftSibling(place);
    if (left) hash1 = nodeHash(node, hash1, sha256);
    hash2 = left ? nodeHash(node, hash2, sha256) : nodeHash(hash2, node, sha256);
    place = above(place, left);
  }
  return place.last === 0n && equalBytes(hash1, claim.root1) && equalBytes(hash2, claim.root2);
}
