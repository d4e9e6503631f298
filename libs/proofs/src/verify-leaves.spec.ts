import fc from 'fast-check';
import {createHash} from 'node:crypto';
import {joinHashes} from './joined-hashes.js';
import {LogTree} from './log-tree.js';
import {proofGrowth} from './proof-growth.js';
import {leafHash} from './tree-hash.js';
import {verifyLeaves} from './verify-leaves.js';

const SEED = 20_261_128;
const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest();
const leaves = Array.from({length: 300}, (_, i) => leafHash(Uint8Array.of(i >> 8, i), sha256));
const tree = new LogTree(sha256);
for (const leaf of leaves) tree.append(leaf);

/** The tree of RFC 9162 §2.1.1, written down a second time: every subtree as (first leaf, leaves in it, root). */
function subtrees(first: number, count: number): {first: number; count: number; root: Uint8Array}[] {
  if (count === 1) return [{first, count, root: leaves[first] as Uint8Array}];
  const half = 2 ** Math.ceil(Math.log2(count) - 1);
  const [left, right] = [subtrees(first, half), subtrees(first + half, count - half)];
  const root = sha256(Buffer.concat([Uint8Array.of(1), left[0]?.root as Uint8Array, right[0]?.root as Uint8Array]));
  return [{first, count, root}, ...left, ...right];
}

/** Of all subtrees without a wanted leaf those that lie in no other one, from left to right. */
function provenByDefinition(indexes: readonly number[], size: number): Uint8Array {
  const free = subtrees(0, size).filter(({first, count}) => !indexes.some((i) => i >= first && i < first + count));
  const largest = free.filter(
    (one) => !free.some((other) => other.count > one.count && other.first <= one.first && ends(other) >= ends(one)),
  );
  return joinHashes(largest.sort((a, b) => a.first - b.first).map(({root}) => root));
}
const ends = ({first, count}: {first: number; count: number}): number => first + count;

const claimOf = (indexes: readonly number[], size: number) => ({
  indexes,
  leafHashes: indexes.map((index) => leaves[index] as Uint8Array),
  size,
  proof: tree.leavesProof(indexes, size),
  root: tree.root(size),
});
type Claim = Parameters<typeof verifyLeaves>[0];
const holds = (claim: Claim): boolean => verifyLeaves(claim, sha256);

const questions = fc
  .integer({min: 1, max: leaves.length})
  .chain((size) =>
    fc.record({
      size: fc.constant(size),
      indexes: fc
        .uniqueArray(fc.nat({max: size - 1}), {minLength: 1, maxLength: 40})
        .map((indexes) => indexes.sort((a, b) => a - b)),
    }),
  );

test('the proof is that of the definition, holds, and has as many hashes as was said before it was made', () => {
  fc.assert(
    fc.property(questions, ({size, indexes}) => {
      const claim = claimOf(indexes, size);
      expect(Buffer.from(claim.proof)).toEqual(Buffer.from(provenByDefinition(indexes, size)));
      expect(holds(claim)).toBe(true);
      const hashes = indexes.reduce((sum, index, i) => sum + proofGrowth(index, indexes[i - 1], size), 0);
      expect(hashes * 32).toBe(claim.proof.length);
    }),
    {seed: SEED, numRuns: 200},
  );
});

test('all leaves need no hash, and one leaf needs its path', () => {
  for (const size of [1, 2, 3, 7, 64, 65, 300]) {
    expect(
      tree.leavesProof(
        Array.from({length: size}, (_none, i) => i),
        size,
      ),
    ).toHaveLength(0);
    expect(tree.leavesProof([size - 1], size).length / 32).toBeLessThanOrEqual(Math.ceil(Math.log2(size)));
  }
});

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const other = Uint8Array.from(bytes);
  if (other.length > 0)
    other[(bit >> 3) % other.length] = (other[(bit >> 3) % other.length] as number) ^ (1 << (bit & 7));
  return other;
}
test('every change of one bit is refused', () => {
  const claim = claimOf([3, 4, 90, 255, 299], 300);
  for (let bit = 0; bit < claim.proof.length * 8; bit++)
    expect(holds({...claim, proof: flipped(claim.proof, bit)})).toBe(false);
  for (let bit = 0; bit < 256; bit++) {
    expect(holds({...claim, root: flipped(claim.root, bit)})).toBe(false);
    for (let i = 0; i < claim.leafHashes.length; i++)
      expect(
        holds({...claim, leafHashes: claim.leafHashes.with(i, flipped(claim.leafHashes[i] as Uint8Array, bit))}),
      ).toBe(false);
  }
});

test('what is no claim at all gives false, not an exception', () => {
  const claim = claimOf([0], 1);
  expect(holds(claim)).toBe(true);
  for (const size of [-1, 0, 1.5, NaN, Infinity, -5n, 2n ** 64n, 2n ** 5_000n])
    expect(holds({...claim, size})).toBe(false);
  for (const indexes of [[], [-1], [0.5], [0, 0], [0, 1]]) expect(holds({...claim, indexes})).toBe(false);
  expect(holds({...claim, indexes: [], leafHashes: [], proof: claim.root})).toBe(false);
  expect(holds({...claimOf([3], 300), size: 2n ** 64n - 1n})).toBe(false);
});
