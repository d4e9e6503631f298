import type {Sha256} from '@vitalvault/proofs';

/**
 * Whether `signature` (64 bytes, low-S) is by `publicKey` (33 bytes, compressed) over `digest` (32 bytes). Pure and
 * total: false for everything else, whatever its length.
 */
export type Verify = (publicKey: Uint8Array, digest: Uint8Array, signature: Uint8Array) => boolean;

/** What the ledger needs from outside: native on a server, portable in a browser; both give the same answers. */
export interface LedgerPorts {
  readonly verify: Verify;
  readonly sha256: Sha256;
}
