import type {Verify} from '@vitalvault/ledger-state';
import {sha256Text} from '@vitalvault/process';
import {TwoGenerations} from './two-generations.js';

/** Signatures of about two full blocks a generation. */
const CAPACITY = 32_768;

/**
 * Verification that remembers: CheckTx pays, FinalizeBlock looks up. Only the pure validity of (key, digest, signature)
 * is remembered, good and bad; everything that the state decides is judged anew.
 */
export function cachedVerify(verify: Verify, capacity = CAPACITY): Verify {
  const known = new TwoGenerations<boolean>(capacity);
  const triple = new Uint8Array(33 + 32 + 64);
  return (publicKey, digest, signature) => {
    // Lengths first: two different triples must not run together into the same bytes.
    if (publicKey.length !== 33 || digest.length !== 32 || signature.length !== 64) return false;
    triple.set(publicKey, 0);
    triple.set(digest, 33);
    triple.set(signature, 65);
    const name = sha256Text(triple);
    const remembered = known.get(name);
    if (remembered !== undefined) return remembered;
    const holds = verify(publicKey, digest, signature);
    known.set(name, holds);
    return holds;
  };
}
