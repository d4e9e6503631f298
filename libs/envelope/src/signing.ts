import {secp256k1} from '@noble/curves/secp256k1.js';
import {ALG_ES256K} from '@vitalvault/contracts';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {EnvelopeError} from './envelope-error.js';

/** Source of fresh random bytes: `crypto.getRandomValues` in production, seeded in tests. */
export type RandomBytes = (length: number) => Uint8Array;

/** Private and public half of a key; 32 and 33 bytes for ES256K, 32 and 32 for X25519. */
export interface KeyPair {
  privateKey: Uint8Array;
  publicKey: Uint8Array;
}

/** A public key as messages carry it. */
export type PublicSigningKey = Pick<SigningKey, 'alg' | 'publicKey'>;

const SIGNATURE_OPTIONS = {prehash: false, lowS: true, format: 'compact'} as const;

/** A fresh ES256K key pair. */
export function generateSigningKey(random: RandomBytes): KeyPair {
  const {secretKey, publicKey} = secp256k1.keygen(random(48));
  return {privateKey: secretKey, publicKey};
}

/**
 * Compressed public key (33 bytes) of an ES256K private key (32 bytes).
 * @throws EnvelopeError `bad-key` when the bytes are not a private key.
 */
export function publicKeyOf(privateKey: Uint8Array): Uint8Array {
  try {
    return secp256k1.getPublicKey(privateKey, true);
  } catch (cause) {
    throw new EnvelopeError('bad-key', 'not a secp256k1 private key', {cause});
  }
}

/** The key as messages carry it. */
export function signingKeyOf(privateKey: Uint8Array): PublicSigningKey {
  return {alg: ALG_ES256K, publicKey: publicKeyOf(privateKey)};
}

/**
 * ES256K over a digest that is already a hash: 64 bytes r || s, low-S, deterministic (RFC 6979).
 * @spec docs/protocol.md §1.3
 */
export function signDigest(privateKey: Uint8Array, digest: Uint8Array): Uint8Array {
  if (digest.length !== 32) throw new EnvelopeError('bad-signature', 'a digest has 32 bytes');
  try {
    return secp256k1.sign(digest, privateKey, SIGNATURE_OPTIONS);
  } catch (cause) {
    throw new EnvelopeError('bad-key', 'not a secp256k1 private key', {cause});
  }
}

/**
 * Whether `signature` is ES256K of `digest` by `publicKey`. False, never an error, for a high S, an uncompressed or
 * invalid key, any other length than 33, 32 and 64 bytes, r or s out of range.
 * @spec docs/protocol.md §1.3
 */
export function verifyDigest(publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array): boolean {
  if (publicKey.length !== 33 || digest.length !== 32 || signature.length !== 64) return false;
  try {
    return secp256k1.verify(signature, digest, publicKey, SIGNATURE_OPTIONS);
  } catch {
    return false;
  }
}
