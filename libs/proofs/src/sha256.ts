/**
 * SHA-256 of `bytes`: 32 bytes of their own. A port, so that a server or a test can give another one than `sha256Of`.
 * `bytes` are the caller's again when it returns, and are written over.
 */
export type Sha256 = (bytes: Uint8Array) => Uint8Array;

/** Length of every hash of this library. */
export const HASH_BYTES = 32;
