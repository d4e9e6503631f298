import fc from 'fast-check';
import {verifyConsistency} from './consistency.js';
import {Frontier} from './frontier.js';
import {LogTree} from './log-tree.js';
import {consistencyProof, merkleRoot} from './merkle-root.js';
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

test('roots and consistency proofs of every size are those of the definition', () => {
  for (let size = 1; size <= leaves.length; size++) {
    expect(tree.root(size)).toEqual(merkleRoot(leaves.slice(0, size)));
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

test('what the log never had is refused', () => {
  expect(verifyConsistency({size1: 0.5, size2: 1, root1: tree.root(1), root2: tree.root(1), proof: []})).toBe(false);
  expect(() => tree.root(71)).toThrow(RangeError);
  expect(() => tree.leafHash(70)).toThrow(RangeError);
  for (const indexes of [[70], [-1], [3, 3], [4, 3]]) expect(() => tree.leavesProof(indexes)).toThrow(RangeError);
  expect(() => tree.leavesProof([1], 71)).toThrow(RangeError);
});
