import {gcm} from '@noble/ciphers/aes.js';
import {concatBytes} from '@noble/hashes/utils.js';
import {EnvelopeError} from './envelope-error.js';

export const NONCE_BYTES = 12;
export const AEAD_TAG_BYTES = 16;

/** AES-256-GCM: nonce (12) || ciphertext || tag (16). */
export function aeadSeal(sealing: {
  key: Uint8Array;
  nonce: Uint8Array;
  aad: Uint8Array;
  plaintext: Uint8Array;
}): Uint8Array {
  return concatBytes(sealing.nonce, gcm(sealing.key, sealing.nonce, sealing.aad).encrypt(sealing.plaintext));
}

/**
 * Opens what `aeadSeal` made.
 * @throws EnvelopeError `aead-open` when key, nonce, aad, ciphertext or tag do not fit
 */
export function aeadOpen(key: Uint8Array, sealed: Uint8Array, aad: Uint8Array): Uint8Array {
  if (key.length !== 32 || sealed.length < NONCE_BYTES + AEAD_TAG_BYTES)
    throw new EnvelopeError('aead-open', 'ciphertext or key of a wrong length');
  try {
    return gcm(key, sealed.subarray(0, NONCE_BYTES), aad).decrypt(sealed.subarray(NONCE_BYTES));
  } catch (cause) {
    throw new EnvelopeError('aead-open', 'the ciphertext does not open with this key and header', {cause});
  }
}
