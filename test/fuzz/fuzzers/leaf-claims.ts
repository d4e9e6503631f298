import {leafHash, LogTree, verifyLeaves} from '@vitalvault/proofs';
import type {LeavesClaim} from '@vitalvault/proofs';
import {createHash} from 'node:crypto';
import {pick} from '../fuzzer.js';
import type {Fuzzer, Next} from '../fuzzer.js';

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const LEAVES = 300;
/** So many of one truth, on average: a proof costs more to make than to look at. */
const LIES = 12;

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const other = Uint8Array.from(bytes);
  if (other.length > 0)
    other[(bit >> 3) % other.length] = (other[(bit >> 3) % other.length] as number) ^ (1 << (bit & 7));
  return other;
}

/** Whether every leaf is the one at its index, under the root of that size. */
const isTrue = (claim: LeavesClaim, tree: LogTree): boolean =>
  claim.indexes.length > 0 &&
  claim.indexes.length === claim.leafHashes.length &&
  claim.indexes.every((index, i) => isSame(tree.leafHash(Number(index)), claim.leafHashes[i])) &&
  isSame(tree.root(Number(claim.size)), claim.root);
const isSame = (a: Uint8Array, b: Uint8Array | undefined): boolean => b !== undefined && Buffer.from(a).equals(b);

/** Something else in the place of one thing that a claim says. */
function lie(claim: LeavesClaim, tree: LogTree, next: Next): LeavesClaim {
  const [{indexes, leafHashes, proof, root}, n] = [claim, next(1 << 30)];
  const size = n % LEAVES;
  return pick<() => LeavesClaim>(next, [
    () => ({...claim, leafHashes: leafHashes.with(n % leafHashes.length, sha256(Uint8Array.of(n)))}),
    () => ({...claim, indexes: indexes.with(n % indexes.length, n % (LEAVES + 20))}),
    // A root does not bind the size of its log: the two come together, from the head.
    () => ({...claim, size, root: tree.root(size)}),
    () => ({...claim, proof: Buffer.concat([proof, tree.leafHash(n % LEAVES)])}),
    () => ({...claim, proof: proof.subarray(0, n % (proof.length + 1))}),
    () => ({...claim, proof: proof.subarray(32)}),
    () => ({...claim, leafHashes: leafHashes.slice(1), indexes: indexes.slice(1)}),
    () => ({...claim, leafHashes: leafHashes.slice(1)}),
    () => ({...claim, leafHashes: leafHashes.toReversed()}),
    () => ({...claim, leafHashes: leafHashes.with(0, new Uint8Array(n % 64))}),
    () => ({...claim, proof: flipped(proof, n)}),
    () => ({...claim, root: flipped(root, n)}),
  ])();
}

export const leafClaims: Fuzzer = {
  name: 'verifyLeaves',
  never: 'an exception, or a forged multi-proof that holds for what is not so',
  batch: 2_000,
  quick: 36_000,
  reaches: ['refused', 'true all the same'],
  open: (next) => {
    const tree = new LogTree(sha256);
    const leaves = Array.from({length: LEAVES}, (_none, i) => leafHash(Uint8Array.of(i >> 8, i), sha256));
    for (const leaf of leaves) tree.append(leaf);
    const truth = (): LeavesClaim => {
      const size = 1 + next(LEAVES);
      const indexes = [...new Set(Array.from({length: 1 + next(40)}, () => next(size)))].sort((a, b) => a - b);
      const leafHashes = indexes.map((index) => leaves[index] as Uint8Array);
      return {indexes, leafHashes, size, proof: tree.leavesProof(indexes, size), root: tree.root(size)};
    };
    let current = truth();
    return {
      input: () => {
        if (next(LIES) === 0) current = truth();
        const claim = lie(current, tree, next);
        if (!verifyLeaves(claim, sha256)) return 'refused';
        // What was changed may be true as well, as a leaf out of a claim that had no hash left.
        if (!isTrue(claim, tree)) throw new Error('accepted, and false');
        return 'true all the same';
      },
    };
  },
};
