import {sha256Of} from '@vitalvault/contracts';
import {stateLeafHash} from './state-hash.js';
import {leafHash, nodeHash} from './tree-hash.js';

const bytes = (length: number, seed: number): Uint8Array => Uint8Array.from({length}, (_, i) => (i * 7 + seed) % 256);

// The inputs of these hashes share memory: a long one before a short one must leave nothing behind.
test.each([2_000, 1_024, 1_023, 1_022, 300, 0, 1])(
  'a leaf of %d bytes is hashed with the byte 0 before it',
  (length) => {
    const leaf = bytes(length, length);
    expect(leafHash(leaf)).toEqual(sha256Of(Uint8Array.of(0, ...leaf)));
  },
);

test('nodes and leaves of the map, one after the other, each by its own bytes', () => {
  for (let i = 0; i < 4; i++) {
    const [left, right] = [bytes(32, i), bytes(32, i + 100)];
    expect(nodeHash(left, right)).toEqual(sha256Of(Uint8Array.of(1, ...left, ...right)));
    expect(stateLeafHash(left, right, sha256Of)).toEqual(sha256Of(Uint8Array.of(0, ...left, ...right)));
  }
  const once = nodeHash(bytes(32, 1), bytes(32, 2));
  expect(nodeHash(once, once)).toEqual(sha256Of(Uint8Array.of(1, ...once, ...once)));
});
