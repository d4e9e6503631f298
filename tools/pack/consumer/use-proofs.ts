import assert from 'node:assert/strict';
import {inclusionProof, leafHash, merkleRoot, verifyInclusion} from '@vitalvault/proofs';
import type {InclusionClaim} from '@vitalvault/proofs';

/** A log of five entries; one is proven to stand in it, and not in another. */
export function useProofs(): string {
  const entries = [1, 2, 3, 4, 5].map((n) => Uint8Array.of(n));
  const hashes = entries.map((entry) => leafHash(entry));
  const [index, size, root] = [3, 5, merkleRoot(hashes)];
  const entry = entries[index] ?? new Uint8Array();
  const proof: InclusionClaim['proof'] = inclusionProof(hashes, index);
  const stands = verifyInclusion({leafHash: leafHash(entry), index, size, proof, root});
  assert.equal(stands, true);
  assert.equal(verifyInclusion({leafHash: leafHash(entry), index: 2, size, proof, root}), false);
  return 'proofs: an entry stands in its log, and in no other place';
}
