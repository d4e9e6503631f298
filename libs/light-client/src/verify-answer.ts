import type {ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {verifyProofs} from '@vitalvault/proofs';
import type {ProofFault, ProvenAnswer} from '@vitalvault/proofs';
import {answersQuestion} from './answers-question.js';
import type {ProofQuestion} from './answers-question.js';
import {verifySignedHeader} from './verify-light-block.js';
import type {ChainTrust, HeaderClock, LightBlockReason, VerifiedHeader} from './verify-light-block.js';

/** An answer of the ledger as it came over any untrusted way, with what was asked. */
export interface UnverifiedAnswer {
  readonly request: ProofQuestion;
  readonly response: ProofResponse;
  /**
   * JSON of the header that carries the state's root: that of `response.height + 1`, or an older one while nothing
   * changed the state since. What is proven is the state after `header.height - 1`, whatever the response says of
   * itself.
   */
  readonly signedHeader: string | object;
}

export interface AnswerLimits {
  readonly clock: HeaderClock;
  /** The proven state must be that after this block or a later one. */
  readonly atLeast?: bigint;
}

export type AnswerFault = LightBlockReason | ProofFault | 'behind' | 'not-what-was-asked';

export type AnswerVerdict =
  | {readonly ok: true; readonly header: VerifiedHeader; readonly answer: ProvenAnswer}
  | {readonly ok: false; readonly reason: AnswerFault};

/**
 * Verifies an answer of the ledger's query `/proofs` from the genesis on: the header by its signatures, every proof by
 * the header's app hash, and that every key and log that was asked for is there: in full, or with the place where it
 * goes on, and then at least one leaf nearer to it.
 * @returns never throws on a bad answer
 * @spec docs/protocol.md §5
 */
export function verifyAnswer(
  {request, response, signedHeader}: UnverifiedAnswer,
  trust: ChainTrust,
  limits: AnswerLimits,
): AnswerVerdict {
  const verdict = verifySignedHeader(signedHeader, trust, limits.clock);
  if (!verdict.ok) return verdict;
  const {header} = verdict;
  const height = header.height - 1n;
  if (limits.atLeast !== undefined && height < limits.atLeast) return {ok: false, reason: 'behind'};
  const proven = verifyProofs(response, header.appHash);
  if (!proven.ok) return {ok: false, reason: proven.fault};
  if (!answersQuestion(request, proven)) return {ok: false, reason: 'not-what-was-asked'};
  return {ok: true, header, answer: {...proven, height}};
}
