import {sha256Of} from '@vitalvault/contracts';
import {signDigest, testKey} from '@vitalvault/ledger-state/testing';

/** Bytes of a public key (33), a digest (32) and a signature (64), one after another. */
export const TRIPLE_BYTES = 33 + 32 + 64;

/** `count` good signatures, each over a digest of its own; a few keys take turns. */
export function signedDigests(count: number): {publicKey: Uint8Array; digest: Uint8Array; signature: Uint8Array}[] {
  const signers = Array.from({length: 64}, (_, i) => testKey(`bench signer ${String(i)}`));
  return Array.from({length: count}, (_, i) => {
    const signer = signers[i % signers.length] as (typeof signers)[number];
    const digest = sha256Of(new TextEncoder().encode(`bench digest ${String(i)}`));
    return {publicKey: signer.key.publicKey, digest, signature: signDigest(signer, digest)};
  });
}
