import {HASH_BYTES} from './sha256.js';

/** Hashes one after another, as they travel. */
export function joinHashes(hashes: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(hashes.length * HASH_BYTES);
  hashes.forEach((hash, i) => {
    joined.set(hash, i * HASH_BYTES);
  });
  return joined;
}

/** The hashes of which `joined` consists; undefined when the last one is not whole. */
export function splitHashes(joined: Uint8Array): Uint8Array[] | undefined {
  if (joined.length % HASH_BYTES !== 0) return undefined;
  return Array.from({length: joined.length / HASH_BYTES}, (_none, i) =>
    joined.subarray(i * HASH_BYTES, (i + 1) * HASH_BYTES),
  );
}
