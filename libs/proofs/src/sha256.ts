import {sha256Of} from '@vitalvault/contracts';

/**
 * SHA-256 of `bytes`: 32 bytes of their own. A port, so that a server can give the platform's native one. `bytes` are
 * the caller's again when it returns, and are written over.
 */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** Portable default (@noble/hashes): right everywhere, slower than a native one. */
export const portableSha256: Sha256 = sha256Of;

/** Length of every hash of this library. */
export const HASH_BYTES = 32;
