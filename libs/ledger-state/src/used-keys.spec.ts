import {jest} from '@jest/globals';
import {ALG_X25519, encodeCanonical, keyId} from '@vitalvault/contracts';
import {UsedKeysSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {hash, MemoryState, PEOPLE, TEST_PORTS} from '../testing/index.js';
import {Overlay} from './overlay.js';
import {SLOTS} from './state-slots.js';
import {isUsed} from './used-keys.js';

const {patient} = PEOPLE;
const key = hash(7);
const name = keyId({alg: ALG_X25519, publicKey: key}, TEST_PORTS.sha256).subarray(0, 8);
/** A name that agrees with the key's in all bytes but one. */
const nearly = (at: number): Uint8Array => name.with(at, (name[at] ?? 0) ^ 1);

function having(...names: readonly Uint8Array[]): Overlay {
  const state = new Overlay(new MemoryState(), TEST_PORTS.sha256);
  const epochs = Uint8Array.from(names.flatMap((one) => [...one]));
  const value = encodeCanonical(UsedKeysSchema, {epochs, encryption: new Uint8Array(0)});
  state.set(SLOTS.usedKeys.kind, [patient.id], value);
  return state;
}

const filled = (count: number): Uint8Array[] => Array.from({length: count}, (_, i) => nearly(i % 8));

test.each([0, 1, 99, 2_047])('a key is found behind %s names that nearly are its own', (before) => {
  expect(isUsed(having(...filled(before)), patient.id, key)).toBe(false);
  expect(isUsed(having(...filled(before), name, nearly(3)), patient.id, key)).toBe(true);
});

test('a name that lies across two names is none', () => {
  const across = Uint8Array.of(1, 2, 3, 4, ...name, 5, 6, 7, 8);
  expect(isUsed(having(across), patient.id, key)).toBe(false);
});

// One transaction has 64 statements, and each of them asks: an object for each name took seconds of a block.
test('to ask makes no more objects for thousands of names than for one', () => {
  const objects = (count: number): number => {
    const state = having(...filled(count));
    isUsed(state, patient.id, key);
    const views = jest.spyOn(Uint8Array.prototype, 'subarray');
    isUsed(state, patient.id, key);
    const made = views.mock.calls.length;
    views.mockRestore();
    return made;
  };
  expect(objects(2_048)).toBe(objects(1));
});
