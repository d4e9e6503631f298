import {x25519} from '@noble/curves/ed25519.js';
import {EnvelopeError} from './envelope-error.js';
import type {KeyPair, RandomBytes} from './signing.js';

/** A fresh X25519 key pair: 32 and 32 bytes. */
export function generateEncryptionKey(random: RandomBytes): KeyPair {
  const privateKey = Uint8Array.from(random(32));
  return {privateKey, publicKey: encryptionPublicKeyOf(privateKey)};
}

/**
 * X25519 public key of a private one.
 * @throws EnvelopeError `bad-key` for any other length than 32.
 */
export function encryptionPublicKeyOf(privateKey: Uint8Array): Uint8Array {
  if (privateKey.length !== 32) throw new EnvelopeError('bad-key', 'an X25519 private key has 32 bytes');
  return x25519.getPublicKey(privateKey);
}

/** RFC 7748 X25519; null when the result is all zero (a point of small order), which nobody may use. */
export function agree(privateKey: Uint8Array, publicKey: Uint8Array): Uint8Array | null {
  try {
    return x25519.getSharedSecret(privateKey, publicKey);
  } catch {
    return null;
  }
}
