import assert from 'node:assert/strict';
import {LogTree, leafHash, verifyLeaves} from '@vitalvault/proofs';
import type {LeavesClaim} from '@vitalvault/proofs';

/** A log of five entries; two are proven to stand in it, by one proof, and in no other places. */
export function useProofs(): string {
  const entries = [1, 2, 3, 4, 5].map((n) => leafHash(Uint8Array.of(n)));
  const log = new LogTree();
  for (const entry of entries) log.append(entry);
  const claim: LeavesClaim = {
    indexes: [1, 3],
    leafHashes: entries.filter((_entry, index) => index === 1 || index === 3),
    size: log.size,
    proof: log.leavesProof([1, 3]),
    root: log.root(),
  };
  assert.equal(verifyLeaves(claim), true);
  assert.equal(verifyLeaves({...claim, indexes: [1, 2]}), false);
  return 'proofs: entries stand in their log, and in no other places';
}
