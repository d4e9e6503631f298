import {createPublicKey, verify} from 'node:crypto';
import type {KeyObject} from 'node:crypto';

/** Of a raw Ed25519 key, what stands before it in a SubjectPublicKeyInfo (RFC 8410). */
const PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
/** Of the arrays that trust in a chain is made of: as many as there are validators. */
const keys = new WeakMap<Uint8Array, KeyObject>();

/**
 * Whether the platform's Ed25519 accepts a signature: ten times as fast as ours. It wants the equation without the
 * cofactor and R as everybody writes it, so what it accepts holds by ZIP 215 too; what it refuses may still hold.
 */
export function acceptsEd25519(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean {
  try {
    return verify(null, message, keyOf(publicKey), signature);
  } catch {
    return false;
  }
}

function keyOf(publicKey: Uint8Array): KeyObject {
  const known = keys.get(publicKey);
  if (known !== undefined) return known;
  const key = createPublicKey({key: Buffer.concat([PREFIX, publicKey]), format: 'der', type: 'spki'});
  keys.set(publicKey, key);
  return key;
}
