import {secp256k1} from '@noble/curves/secp256k1.js';
import {x25519} from '@noble/curves/ed25519.js';
import {ALG_ES256K, keyId, sha256Of} from '@vitalvault/contracts';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import type {LedgerPorts} from '../src/ports.js';

/** A signing key with all that tests ask of it. Never for anything but tests: its private key is the hash of a name. */
export interface TestKey {
  readonly id: Uint8Array;
  readonly key: SigningKey;
  readonly privateKey: Uint8Array;
}

const encoder = new TextEncoder();

/** The signing key of a name: the same name, the same key. */
export function testKey(name: string): TestKey {
  const privateKey = sha256Of(encoder.encode(`vitalvault test key ${name}`));
  const key: SigningKey = {
    $typeName: 'vitalvault.record.v1.SigningKey',
    alg: ALG_ES256K,
    publicKey: secp256k1.getPublicKey(privateKey, true),
  };
  return {id: keyId(key), key, privateKey};
}

/** The X25519 key pair of a name. */
export function testEncryptionKey(name: string): {privateKey: Uint8Array; publicKey: Uint8Array} {
  const privateKey = sha256Of(encoder.encode(`vitalvault test encryption key ${name}`));
  return {privateKey, publicKey: x25519.getPublicKey(privateKey)};
}

/** ES256K over a digest: 64 bytes, low-S. */
export function signDigest(key: TestKey, digest: Uint8Array): Uint8Array {
  return secp256k1.sign(digest, key.privateKey, {prehash: false, lowS: true});
}

/** Portable verification and hashing: the oracle of the native one. */
export const TEST_PORTS: LedgerPorts = {
  sha256: sha256Of,
  verify: (publicKey, digest, signature) => {
    if (publicKey.length !== 33 || digest.length !== 32 || signature.length !== 64) return false;
    try {
      return secp256k1.verify(signature, digest, publicKey, {prehash: false, lowS: true});
    } catch {
      // Not a point of the curve, or r or s out of range: no signature.
      return false;
    }
  },
};

const remembered = new Map<string, boolean>();

/**
 * TEST_PORTS that verify a signature once: specs run the same transactions again and again, and noble takes a
 * millisecond.
 */
export const REMEMBERING_PORTS: LedgerPorts = {
  sha256: sha256Of,
  verify: (publicKey, digest, signature) => {
    const name = [publicKey, digest, signature].map((bytes) => bytes.join('.')).join('|');
    const known = remembered.get(name) ?? TEST_PORTS.verify(publicKey, digest, signature);
    remembered.set(name, known);
    return known;
  },
};

/** 16 bytes of one value, for tags and grant ids. */
export const tag = (byte: number): Uint8Array => new Uint8Array(16).fill(byte);
export const hash = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
