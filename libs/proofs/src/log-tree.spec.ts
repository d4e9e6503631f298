import fc from 'fast-check';
import {verifyConsistency} from './consistency.js';
import {Frontier} from './frontier.js';
import {verifyInclusion} from './inclusion.js';
import {LogTree} from './log-tree.js';
import {consistencyProof, inclusionProof, merkleRoot} from './merkle-root.js';
import {emptyLogRoot, leafHash} from './tree-hash.js';

const leaves = Array.from({length: 70}, (_, i) => leafHash(Uint8Array.of(i)));
const tree = new LogTree();
for (const leaf of leaves) tree.append(leaf);
const sizes = fc.integer({min: 1, max: leaves.length});

test('the empty log has the hash of nothing as its root', () => {
  expect(new LogTree().root()).toEqual(emptyLogRoot());
  expect(Frontier.empty.root()).toEqual(emptyLogRoot());
  expect(Buffer.from(emptyLogRoot()).toString('hex')).toBe(
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
});

test('roots and proofs of every size are those of the definition', () => {
  for (let size = 1; size <= leaves.length; size++) {
    const part = leaves.slice(0, size);
    expect(tree.root(size)).toEqual(merkleRoot(part));
    for (let index = 0; index < size; index += 3)
      expect(tree.inclusion(index, size)).toEqual(inclusionProof(leaves, index, size));
    for (let first = 1; first <= size; first += 4)
      expect(tree.consistency(first, size)).toEqual(consistencyProof(leaves, first, size));
  }
});

test('a frontier that appends has the root of the whole log, and is what the tree gives', () => {
  let frontier = Frontier.empty;
  const growing = new LogTree();
  for (const [i, leaf] of leaves.entries()) {
    const before = frontier;
    frontier = frontier.append(leaf);
    growing.append(leaf);
    expect(before.size).toBe(BigInt(i));
    expect(frontier.root()).toEqual(merkleRoot(leaves.slice(0, i + 1)));
    expect(growing.frontier()).toEqual(frontier);
    expect(Frontier.from(frontier.size, frontier.peaks)).toEqual(frontier);
  }
});

test('a frontier whose peaks do not fit its size is refused', () => {
  expect(() => Frontier.from(3n, leaves.slice(0, 1))).toThrow(RangeError);
  expect(() => Frontier.from(4n, leaves.slice(0, 2))).toThrow(RangeError);
  expect(() => Frontier.from(1n, [new Uint8Array(31)])).toThrow(RangeError);
  expect(() => Frontier.from(-1n, [])).toThrow(RangeError);
});

test('inclusion holds for the leaf, index, size and root it was made for, and for no other', () => {
  fc.assert(
    fc.property(sizes, fc.nat(), fc.nat(), (size, i, j) => {
      const [index, other] = [i % size, j % leaves.length];
      const claim = {
        leafHash: leaves[index] as Uint8Array,
        index,
        size,
        proof: tree.inclusion(index, size),
        root: tree.root(size),
      };
      expect(verifyInclusion(claim)).toBe(true);
      expect(verifyInclusion({...claim, index: other})).toBe(other === index);
      expect(verifyInclusion({...claim, leafHash: leaves[other] as Uint8Array})).toBe(other === index);
      expect(verifyInclusion({...claim, root: tree.root(other)})).toBe(other === size);
      expect(verifyInclusion({...claim, proof: [...claim.proof, claim.root]})).toBe(false);
      expect(verifyInclusion({...claim, proof: claim.proof.slice(1)})).toBe(claim.proof.length === 0);
    }),
  );
});

test('a log whose past was rewritten has no consistency proof', () => {
  const forged = new LogTree();
  leaves.forEach((leaf, i) => {
    forged.append(i === 20 ? leafHash(Uint8Array.of(99, 99)) : leaf);
  });
  fc.assert(
    fc.property(sizes, sizes, (a, b) => {
      const [size1, size2] = [Math.min(a, b), Math.max(a, b)];
      const claim = {
        size1,
        size2,
        root1: tree.root(size1),
        root2: tree.root(size2),
        proof: tree.consistency(size1, size2),
      };
      expect(verifyConsistency(claim)).toBe(true);
      const lie = {...claim, root2: forged.root(size2), proof: forged.consistency(size1, size2)};
      expect(verifyConsistency(lie)).toBe(size1 <= 20);
    }),
  );
});

test('sizes that are no counts give false, not an exception', () => {
  const claim = {leafHash: leaves[0] as Uint8Array, index: 0, size: 1, proof: [], root: leaves[0] as Uint8Array};
  expect(verifyInclusion(claim)).toBe(true);
  for (const size of [-1, 0, 1.5, NaN, Infinity, -5n]) expect(verifyInclusion({...claim, size})).toBe(false);
  expect(verifyConsistency({size1: 0.5, size2: 1, root1: claim.root, root2: claim.root, proof: []})).toBe(false);
  expect(() => tree.inclusion(70, 70)).toThrow(RangeError);
  expect(() => tree.root(71)).toThrow(RangeError);
});
