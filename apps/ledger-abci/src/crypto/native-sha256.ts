import {createHash, hash} from 'node:crypto';

/** SHA-256 by the platform. `hash` is the one-shot call: a third of the cost of a Hash object for short inputs. */
export function nativeSha256(bytes: Uint8Array): Uint8Array {
  // A Buffer from the pool would keep 8 KiB alive for each 32-byte hash that is stored.
  return new Uint8Array(hash('sha256', bytes, 'buffer'));
}

/** For what is too long to be in memory at once. */
export const streamingSha256 = (): ReturnType<typeof createHash> => createHash('sha256');
