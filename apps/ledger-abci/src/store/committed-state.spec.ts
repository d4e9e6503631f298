import {sha256Of} from '@vitalvault/contracts';
import {encodeStateKey, stateKey} from '@vitalvault/proofs';
import {CommittedState} from './committed-state.js';

const key = encodeStateKey(5, [new Uint8Array(20).fill(1)]);

test('keys of the map are hashed by the SHA-256 that was given, when they are staged and when they are proven', () => {
  let tagged = 0;
  const state = new CommittedState((bytes) => {
    if (Buffer.from(bytes).toString('latin1').startsWith('vitalvault/v1/state\0')) tagged += 1;
    return sha256Of(bytes);
  });
  state.stage([{key, value: Uint8Array.of(7)}]);
  expect(tagged).toBe(1);
  state.prove(5, [new Uint8Array(20).fill(1)]);
  expect(tagged).toBe(2);
  expect(stateKey(5, [new Uint8Array(20).fill(1)])).toHaveLength(32);
});
