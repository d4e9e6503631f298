import {ALG_X25519, keyId} from '@vitalvault/contracts';
import type {Overlay} from './overlay.js';
import {load, save, SLOTS} from './state-slots.js';

/** Kept of each key id: only she herself could make two keys that agree in so much. */
const NAME_BYTES = 8;
/** Encryption keys of hers that are remembered; her epochs are all, as they have a ceiling. */
const MOST_ENCRYPTION_KEYS = 64;

/**
 * Whether something of this patient's was sealed to an X25519 key: one of her epochs, of whatever tag, or her own
 * encryption key, this one or one before. Who was given a key for one thing would open another with it.
 * @spec docs/protocol.md §4.3
 */
export function isUsed(state: Overlay, patient: Uint8Array, publicKey: Uint8Array): boolean {
  const {epochs, encryption} = usedKeys(state, patient);
  const name = nameOf(state, publicKey);
  return has(epochs, name) || has(encryption, name);
}

/** A new epoch's key; of an epoch that is extended backwards it is known. */
export function useForEpoch(state: Overlay, patient: Uint8Array, publicKey: Uint8Array): void {
  const {epochs, encryption} = usedKeys(state, patient);
  save(state, SLOTS.usedKeys, [patient], {epochs: joined(epochs, nameOf(state, publicKey)), encryption});
}

/** Her encryption key from now on. */
export function useForHerself(state: Overlay, patient: Uint8Array, publicKey: Uint8Array): void {
  const {epochs, encryption} = usedKeys(state, patient);
  const all = joined(encryption, nameOf(state, publicKey));
  save(state, SLOTS.usedKeys, [patient], {epochs, encryption: all.slice(-NAME_BYTES * MOST_ENCRYPTION_KEYS)});
}

function usedKeys(state: Overlay, patient: Uint8Array): {epochs: Uint8Array; encryption: Uint8Array} {
  const none = new Uint8Array(0);
  return load(state, SLOTS.usedKeys, [patient]) ?? {epochs: none, encryption: none};
}

function nameOf({sha256}: Overlay, publicKey: Uint8Array): Uint8Array {
  return keyId({alg: ALG_X25519, publicKey}, sha256).subarray(0, NAME_BYTES);
}

function joined(names: Uint8Array, name: Uint8Array): Uint8Array {
  const all = new Uint8Array(names.length + name.length);
  all.set(names);
  all.set(name, names.length);
  return all;
}

// By words: a patient may have thousands of names, and a statement that is refused for its key costs no more than one
// that is refused for anything else.
function has(names: Uint8Array, name: Uint8Array): boolean {
  const all = wordsOf(names);
  const one = wordsOf(name);
  const first = one.getUint32(0);
  const second = one.getUint32(4);
  for (let at = 0; at < names.length; at += NAME_BYTES)
    if (all.getUint32(at) === first && all.getUint32(at + 4) === second) return true;
  return false;
}

const wordsOf = ({buffer, byteOffset, byteLength}: Uint8Array): DataView =>
  new DataView(buffer, byteOffset, byteLength);
