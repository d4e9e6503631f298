import {LIMITS, NotCanonicalError, decodeCanonical} from '@vitalvault/contracts';
import {ProofResponseSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';

/**
 * Reads what a node answers to the query `/proofs`. It is somebody else's and must not fill our memory, so it is
 * measured before anything of it is decoded: no ledger gives more bytes or fields.
 * @throws NotCanonicalError
 * @spec docs/protocol.md §5.5
 */
export function decodeProofAnswer(bytes: Uint8Array): ProofResponse {
  if (bytes.length > LIMITS.proofAnswerBytes)
    throw new NotCanonicalError(`an answer of more than ${LIMITS.proofAnswerBytes} bytes`);
  return decodeCanonical(ProofResponseSchema, bytes, LIMITS.proofAnswerFields);
}
