import {ed25519} from '@noble/curves/ed25519.js';
import {secp256k1} from '@noble/curves/secp256k1.js';

/** Public keys with which something can be signed, by more than their lengths. Both are total. */

/** A compressed point of secp256k1, 33 bytes. */
export const isSecp256k1Key = (bytes: Uint8Array): boolean =>
  bytes.length === 33 && holds(() => secp256k1.Point.fromBytes(bytes));

/**
 * A point of Ed25519, 32 bytes, not of low order: under such a one there are signatures that nobody made. As CometBFT
 * reads them (ZIP 215).
 */
export const isEd25519Key = (bytes: Uint8Array): boolean =>
  bytes.length === 32 && holds(() => !ed25519.Point.fromBytes(bytes, true).isSmallOrder());

function holds(read: () => unknown): boolean {
  try {
    return read() !== false;
  } catch {
    return false;
  }
}
