import {LIMITS} from '@vitalvault/contracts';
import {ProofRequestSchema} from '@vitalvault/contracts/gen/proof/v1/proof';
import type {ProofRequest} from '@vitalvault/contracts/gen/proof/v1/proof';
import {DomainError} from '@vitalvault/errors';
import {parseProofRequest} from '@vitalvault/proofs';
import {decodeForCaller} from './decode-for-caller.js';

/**
 * A caller's question for proofs, refused here when the ledger would refuse it: no validator is asked in vain.
 * @throws DomainError body-too-large, malformed, unknown-field, invalid-field
 * @spec docs/protocol.md §5.5
 */
export function proofQuestion(bytes: Uint8Array): ProofRequest {
  const request = parseProofRequest(bytes);
  if (request === 'too-long')
    throw new DomainError('body-too-large', {detail: `At most ${LIMITS.proofRequestBytes} bytes.`});
  if (request === 'over-a-limit')
    throw new DomainError('invalid-field', {
      detail: `A question for proofs has at most ${LIMITS.proofKeys} keys and ${LIMITS.proofLogs} logs, no log twice, and a page or ascending leaves of each, at most ${LIMITS.proofLeaves}.`,
    });
  return request === 'undecodable' ? decodeForCaller(ProofRequestSchema, bytes) : request;
}
