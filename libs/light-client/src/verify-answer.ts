import type {MessageInitShape} from '@bufbuild/protobuf';
import type {ProofRequestSchema, ProofResponse} from '@vitalvault/contracts/gen/proof/v1/proof';
import {equalBytes} from '@vitalvault/contracts';
import {verifyProofs} from '@vitalvault/proofs';
import type {ProofFault, ProvenAnswer} from '@vitalvault/proofs';
import {verifySignedHeader} from './verify-light-block.js';
import type {ChainTrust, LightBlockReason, VerifiedHeader} from './verify-light-block.js';

export type ProofQuestion = MessageInitShape<typeof ProofRequestSchema>;

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
  /** The header's time may not be before this, in Unix milliseconds. */
  readonly notBeforeMs?: number;
  /** The proven state must be that after this block or a later one. */
  readonly atLeast?: bigint;
}

export type AnswerFault = LightBlockReason | ProofFault | 'stale-header' | 'behind' | 'not-what-was-asked';

export type AnswerVerdict =
  | {readonly ok: true; readonly header: VerifiedHeader; readonly answer: ProvenAnswer}
  | {readonly ok: false; readonly reason: AnswerFault};

type AskedLog = NonNullable<ProofQuestion['logs']>[number];

/**
 * Verifies an answer of the ledger's query `/proofs` from the genesis on: the header by its signatures, every proof by
 * the header's app hash, and that every key and log that was asked for is there, in full.
 * @returns never throws on a bad answer
 * @spec docs/protocol.md §5
 */
export function verifyAnswer(
  {request, response, signedHeader}: UnverifiedAnswer,
  trust: ChainTrust,
  limits: AnswerLimits = {},
): AnswerVerdict {
  const verdict = verifySignedHeader(signedHeader, trust);
  if (!verdict.ok) return verdict;
  const {header} = verdict;
  if (limits.notBeforeMs !== undefined && !(header.timeMs >= limits.notBeforeMs))
    return {ok: false, reason: 'stale-header'};
  const height = header.height - 1n;
  if (limits.atLeast !== undefined && height < limits.atLeast) return {ok: false, reason: 'behind'};
  const proven = verifyProofs(response, header.appHash);
  if (!proven.ok) return {ok: false, reason: proven.fault};
  if (!holdsKeys(request, response) || !holdsLogs(request, proven)) return {ok: false, reason: 'not-what-was-asked'};
  return {ok: true, header, answer: {...proven, height}};
}

function holdsKeys({keys = []}: ProofQuestion, {states}: ProofResponse): boolean {
  return keys.every((asked) =>
    states.some(
      ({key}) =>
        key !== undefined &&
        key.kind === asked.kind &&
        key.parts.length === asked.parts?.length &&
        key.parts.every((part, i) => equalBytes(part, asked.parts?.[i] ?? new Uint8Array())),
    ),
  );
}

// A page shorter than the log allows would hide leaves as surely as a forged one.
function holdsLogs({logs = []}: ProofQuestion, proven: ProvenAnswer): boolean {
  return logs.every((asked) =>
    proven.logs.some((log) => {
      const {kind = 0, patient = new Uint8Array(), from = 0n, size = 0n} = asked;
      if (log.kind !== kind || log.from !== from || !equalBytes(log.patient, patient)) return false;
      if (size !== 0n && log.size !== size) return false;
      return (
        BigInt(log.leaves.length) === wantedLeaves(asked, log.size) &&
        (asked.inclusion !== true || log.proof !== 'page')
      );
    }),
  );
}

function wantedLeaves({from = 0n, limit = 0}: AskedLog, size: bigint): bigint {
  const left = size > from ? size - from : 0n;
  return left < BigInt(limit) ? left : BigInt(limit);
}
