import assert from 'node:assert/strict';
import {LogTree, leafHash, verifyLeaves} from '@vitalvault/proofs';
import type {LeavesClaim} from '@vitalvault/proofs';

/** A log of five entries; two are proven to stand in it, by one proof, and in no other places. */
export function useProofs(): string {
  const entries = [1, 2, 3, 4, 5].map((n) => leafHash(Uint8Array.of(n)));
  const log = new LogTree();
  for (const entry of entries) log.append(entry);
  const [indexes, size, root] = [[1, 3], log.size, log.root()];
  const proof = log.leavesProof(indexes);
  const leafHashes = entries.filter((_entry, index) => indexes.includes(index));
  const stand = verifyLeaves({leafHashes, indexes, size, proof, root});
  assert.equal(stand, true);
  const moved: LeavesClaim = {leafHashes, indexes: [1, 2], size, proof, root};
  assert.equal(verifyLeaves(moved), false);
  return 'proofs: entries stand in their log, and in no other places';
}
