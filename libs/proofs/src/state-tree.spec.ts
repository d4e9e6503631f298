import {hash} from 'node:crypto';
import fc from 'fast-check';
import {compareBytes, toHex} from '@vitalvault/contracts';
import {StateTree} from './state-tree.js';
import {verifyState} from './verify-state.js';

const sha256 = (bytes: Uint8Array): Uint8Array => new Uint8Array(hash('sha256', bytes, 'buffer'));

/** The definition of docs/protocol.md §5.1, by strings of bits and nothing shared with the tree. */
function naiveRoot(entries: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const bits = (hex: string): string =>
    Array.from(hex, (digit) => parseInt(digit, 16).toString(2).padStart(4, '0')).join('');
  const subtree = (leaves: {path: string; hash: Uint8Array}[], depth: number): Uint8Array => {
    const [only] = leaves;
    if (only === undefined) return new Uint8Array(32);
    if (leaves.length === 1) return only.hash;
    const sides = ['0', '1'].map((bit) =>
      subtree(
        leaves.filter((leaf) => leaf.path[depth] === bit),
        depth + 1,
      ),
    );
    return sha256(Buffer.concat(sides));
  };
  const leaves = [...entries].map(([key, value]) => ({
    path: bits(key),
    hash: sha256(Buffer.concat([Uint8Array.of(0), Buffer.from(key, 'hex'), sha256(value)])),
  }));
  return subtree(leaves, 0);
}

// Few distinct keys with long common prefixes: removals, replacements and deep chains happen all the time.
const key = fc
  .tuple(fc.constantFrom(0, 1, 128, 255), fc.constantFrom(0, 1, 2, 3), fc.constantFrom(0, 1))
  .map(([first, middle, last]) => {
    const bytes = new Uint8Array(32);
    bytes[0] = first;
    bytes[1] = middle;
    bytes[6] = last;
    return bytes;
  });
const change = fc.tuple(key, fc.option(fc.uint8Array({maxLength: 3}), {nil: undefined}));
const batches = fc.array(fc.array(change, {maxLength: 12}), {maxLength: 8});

function unique(batch: readonly [Uint8Array, Uint8Array | undefined][]): [Uint8Array, Uint8Array | undefined][] {
  return [...new Map(batch.map((entry) => [toHex(entry[0]), entry])).values()];
}
const changes = (batch: readonly [Uint8Array, Uint8Array | undefined][]) =>
  batch.map(([k, value]) => ({key: k, valueHash: value && sha256(value)}));

function applyTo(model: Map<string, Uint8Array>, batch: readonly [Uint8Array, Uint8Array | undefined][]): void {
  for (const [k, value] of batch) {
    if (value === undefined) model.delete(toHex(k));
    else model.set(toHex(k), value);
  }
}

test('batches of any shape give the root of the definition, staged or committed', () => {
  fc.assert(
    fc.property(batches, (all) => {
      const tree = new StateTree(sha256);
      const model = new Map<string, Uint8Array>();
      for (const batch of all.map(unique)) {
        const before = tree.root;
        const discarded = tree.stage(changes(batch));
        expect(tree.root).toEqual(before);
        tree.discard();
        expect(tree.stage(changes(batch))).toEqual(discarded);
        tree.commit();
        applyTo(model, batch);
        expect(tree.root).toEqual(naiveRoot(model));
        expect(tree.root).toEqual(discarded);
      }
    }),
    {numRuns: 150},
  );
});

test('every key is proven present with its value or absent, and with nothing else', () => {
  fc.assert(
    fc.property(batches, key, fc.uint8Array({maxLength: 3}), (all, probe, other) => {
      const tree = new StateTree(sha256);
      const model = new Map<string, Uint8Array>();
      for (const batch of all.map(unique)) {
        tree.update(changes(batch));
        applyTo(model, batch);
      }
      const value = model.get(toHex(probe));
      const claim = {root: tree.root, key: probe, value, proof: tree.prove(probe)};
      expect(verifyState(claim)).toBe(true);
      expect(verifyState({...claim, value: other})).toBe(value !== undefined && compareBytes(value, other) === 0);
      expect(verifyState({...claim, value: undefined})).toBe(value === undefined);
      expect(verifyState({...claim, root: sha256(claim.root)})).toBe(false);
      expect(
        verifyState({...claim, proof: {...claim.proof, siblings: [...claim.proof.siblings, new Uint8Array(32)]}}),
      ).toBe(false);
    }),
    {numRuns: 150},
  );
});

test('keys that differ in the last bit alone stand at the greatest depth', () => {
  const tree = new StateTree();
  const [one, two] = [new Uint8Array(32), new Uint8Array(32).with(31, 1)];
  tree.update([
    {key: one, valueHash: sha256(one)},
    {key: two, valueHash: sha256(two)},
  ]);
  expect(tree.prove(one).siblings).toHaveLength(256);
  expect(verifyState({root: tree.root, key: one, value: one, proof: tree.prove(one)})).toBe(true);
  expect(verifyState({root: tree.root, key: two, value: undefined, proof: tree.prove(two)})).toBe(false);
  tree.update([{key: two, valueHash: undefined}]);
  expect(tree.prove(one).siblings).toHaveLength(0);
  expect(verifyState({root: tree.root, key: two, value: undefined, proof: tree.prove(two)})).toBe(true);
});

test('a staged batch is not served', () => {
  const tree = new StateTree(sha256);
  const [one, two] = [sha256(Uint8Array.of(1)), sha256(Uint8Array.of(2))];
  tree.update([{key: one, valueHash: sha256(one)}]);
  const root = tree.root;
  tree.stage([
    {key: two, valueHash: sha256(two)},
    {key: one, valueHash: undefined},
  ]);
  expect(verifyState({root, key: one, value: one, proof: tree.prove(one)})).toBe(true);
  expect(verifyState({root, key: two, value: undefined, proof: tree.prove(two)})).toBe(true);
  tree.commit();
  expect(verifyState({root: tree.root, key: two, value: two, proof: tree.prove(two)})).toBe(true);
});

test('absence by another leaf holds only on the path of the key', () => {
  const tree = new StateTree(sha256);
  const keys = Array.from({length: 40}, (_, i) => sha256(Uint8Array.of(i)));
  tree.update(keys.map((k) => ({key: k, valueHash: sha256(k)})));
  const absent = sha256(Uint8Array.of(200));
  const proof = tree.prove(absent);
  const claim = {root: tree.root, key: absent, value: undefined, proof};
  expect(verifyState(claim)).toBe(true);
  // The proof of a present key, offered as if its leaf stood elsewhere.
  for (const present of keys) {
    const stolen = {siblings: tree.prove(present).siblings, otherKey: present, otherValueHash: sha256(present)};
    expect(verifyState({root: tree.root, key: present, value: undefined, proof: stolen})).toBe(false);
    const shared = stolen.siblings.every((_, depth) => bit(present, depth) === bit(absent, depth));
    expect(verifyState({...claim, proof: stolen})).toBe(shared);
  }
});
const bit = (k: Uint8Array, depth: number): number => ((k[depth >> 3] as number) >> (7 - (depth & 7))) & 1;

test('an inner node cannot pass for a leaf, nor a proof of odd lengths', () => {
  const tree = new StateTree(sha256);
  const [one, two] = [new Uint8Array(32), new Uint8Array(32).fill(255)];
  tree.update([
    {key: one, valueHash: sha256(one)},
    {key: two, valueHash: sha256(two)},
  ]);
  const proof = tree.prove(one);
  expect(verifyState({root: tree.root, key: one, value: one, proof})).toBe(true);
  expect(verifyState({root: tree.root, key: one, value: one, proof: {siblings: [new Uint8Array(33)]}})).toBe(false);
  expect(verifyState({root: tree.root, key: new Uint8Array(31), value: one, proof})).toBe(false);
  expect(verifyState({root: tree.root, key: one, value: undefined, proof: {...proof, otherKey: two}})).toBe(false);
  expect(
    verifyState({root: tree.root, key: one, value: one, proof: {...proof, otherKey: two, otherValueHash: two}}),
  ).toBe(false);
  expect(
    verifyState({
      root: tree.root,
      key: one,
      value: one,
      proof: {siblings: Array.from({length: 257}, () => new Uint8Array(32))},
    }),
  ).toBe(false);
});

test('a batch with a key twice or of a wrong length is a mistake of the caller', () => {
  const tree = new StateTree(sha256);
  expect(() =>
    tree.stage([
      {key: new Uint8Array(32), valueHash: undefined},
      {key: new Uint8Array(32), valueHash: new Uint8Array(32)},
    ]),
  ).toThrow(RangeError);
  expect(() => tree.stage([{key: new Uint8Array(31), valueHash: undefined}])).toThrow(RangeError);
  expect(() => tree.stage([{key: new Uint8Array(32), valueHash: new Uint8Array(31)}])).toThrow(RangeError);
});

test('an update costs the paths it touches, not the tree', () => {
  let hashes = 0;
  const tree = new StateTree((bytes) => {
    hashes++;
    return sha256(bytes);
  });
  const many = Array.from({length: 4_000}, (_, i) => sha256(Uint8Array.of(i, i >> 8)));
  tree.update(many.map((k) => ({key: k, valueHash: k})));
  hashes = 0;
  tree.update(many.slice(0, 10).map((k) => ({key: k, valueHash: sha256(k)})));
  expect(hashes).toBeLessThan(10 * 20);
});
