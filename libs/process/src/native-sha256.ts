import {createHash, hash} from 'node:crypto';

const HASH_BYTES = 32;

/**
 * SHA-256 by the platform. `hash` is the one-shot call, and a text comes back from it in a third of the time that a
 * Buffer takes, which is memory outside the heap; 32 bytes of our own are inside it.
 */
export function nativeSha256(bytes: Uint8Array): Uint8Array {
  const text = sha256Text(bytes);
  const result = new Uint8Array(HASH_BYTES);
  for (let i = 0; i < HASH_BYTES; i++) result[i] = text.charCodeAt(i);
  return result;
}

/** The same as 32 characters, one for each byte: a name for maps. */
export function sha256Text(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'binary');
}

/** For what is too long to be in memory at once. */
export const streamingSha256 = (): ReturnType<typeof createHash> => createHash('sha256');
