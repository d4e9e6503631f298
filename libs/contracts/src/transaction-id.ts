import type {SigningKey} from './gen/vitalvault/record/v1/record_pb.js';
import {sha256Of} from './sha256.js';
import {keyId, taggedHashBy} from './tagged-hash.js';

/**
 * A transaction's id, which is also the digest that each of its signers signs: T("tx", body ‖ key id of each signer in
 * order); 32 bytes. The signers are in it, so a body that somebody else signs is another transaction, and no signature
 * can be dropped, added or moved.
 * @param body canonical bytes of the Body
 * @param signers keys of all signatures, in their order: the `signatures` of a whole Tx
 * @spec docs/protocol.md §4.1; ADR 0021
 */
export function transactionId(
  body: Uint8Array,
  signers: readonly Pick<SigningKey, 'alg' | 'publicKey'>[],
  sha256: (bytes: Uint8Array) => Uint8Array = sha256Of,
): Uint8Array {
  return taggedHashBy(sha256, 'tx', body, ...signers.map((signer) => keyId(signer, sha256)));
}
