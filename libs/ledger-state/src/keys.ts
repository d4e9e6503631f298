import {keyId} from '@vitalvault/contracts';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import type {Overlay} from './overlay.js';
import {has, load, save, SLOTS} from './state-slots.js';

/** Whether a key never was anyone's: a key that was replaced stays taken for good. */
export function isFree(state: Overlay, key: SigningKey): boolean {
  return !has(state, SLOTS.keyOwner, [keyId(key, state.sha256)]);
}

/** Makes a free key the current one of an identity. @param kind KEY_OWNER */
export function assignKey(state: Overlay, key: SigningKey, kind: number, identity: Uint8Array): void {
  save(state, SLOTS.keyOwner, [keyId(key, state.sha256)], {kind, identity});
}

/** Takes a key out of use for ever: nobody asks for its nonces any more. */
export function retireKey(state: Overlay, key: SigningKey): void {
  const id = keyId(key, state.sha256);
  state.set(SLOTS.nonceWindow.kind, [id], undefined);
  const owner = load(state, SLOTS.keyOwner, [id]);
  if (owner !== undefined)
    save(state, SLOTS.keyOwner, [id], {kind: owner.kind, identity: owner.identity, retired: true});
}
