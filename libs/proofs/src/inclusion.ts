import {equalBytes} from '@vitalvault/contracts';
import {toCount} from './count.js';
import type {Count} from './count.js';
import {above, hasLeftSibling} from './path-place.js';
import {HASH_BYTES, portableSha256} from './sha256.js';
import type {Sha256} from './sha256.js';
import {nodeHash} from './tree-hash.js';

export interface InclusionClaim {
  /** Hash of the leaf itself, see `leafHash`. */
  readonly leafHash: Uint8Array;
  readonly index: Count;
  readonly size: Count;
  /** From the leaf upwards. */
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/**
 * Whether a leaf stands at `index` of the log of `size` leaves with `root`. `root` does not bind `size`: a path may fit
 * two sizes (leaf 1 of 2 is also leaf 2 of 3 with that root), so index and size are proven only when the size comes
 * from where the root does, a log head in the state. Never throws: whatever is wrong gives false.
 * @spec RFC 9162 §2.1.3.2
 */
export function verifyInclusion(claim: InclusionClaim, sha256: Sha256 = portableSha256): boolean {
  const index = toCount(claim.index);
  const size = toCount(claim.size);
  if (index === undefined || size === undefined || index >= size) return false;
  if (claim.leafHash.length !== HASH_BYTES) return false;
  let place = {node: index, last: size - 1n};
  let hash = claim.leafHash;
  for (const sibling of claim.proof) {
    if (place.last === 0n || sibling.length !== HASH_BYTES) return false;
    const left = hasLeftSibling(place);
    hash = left ? nodeHash(sibling, hash, sha256) : nodeHash(hash, sibling, sha256);
    place = above(place, left);
  }
  return place.last === 0n && equalBytes(hash, claim.root);
}
