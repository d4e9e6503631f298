import {sha256} from '@noble/hashes/sha2.js';

const HASH_BYTES = 32;

/** What Node has; the text has a character for each byte. */
type OneShot = (algorithm: 'sha256', bytes: Uint8Array, encoding: 'binary') => string;
interface Platform {
  readonly process?: {getBuiltinModule?: (name: 'node:crypto') => {readonly hash?: OneShot} | undefined};
}

// Asked for, not imported: a browser has none, and its bundler would look for it.
const native = (globalThis as Platform).process?.getBuiltinModule?.('node:crypto')?.hash;

/**
 * SHA-256 of `bytes`; 32 bytes, in memory of their own. By the platform where it can do it in one call: of the time of
 * a service that follows the ledger, hashing in JavaScript was a seventh. Browsers hash natively by promises only:
 * there it is noble.
 */
export const sha256Of: (bytes: Uint8Array) => Uint8Array<ArrayBuffer> =
  native === undefined ? portableSha256 : (bytes) => bytesOf(native('sha256', bytes, 'binary'));

/** The same without the platform. */
export function portableSha256(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return sha256(bytes) as Uint8Array<ArrayBuffer>;
}

// A text comes back in a third of the time that a Buffer takes, which is memory outside the heap.
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(HASH_BYTES);
  for (let i = 0; i < HASH_BYTES; i++) result[i] = text.charCodeAt(i);
  return result;
}
