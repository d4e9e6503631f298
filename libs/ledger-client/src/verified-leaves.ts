import {LIMITS, equalBytes} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import type {ProofQuestion} from '@vitalvault/light-client';
import type {ProvenAnswer} from '@vitalvault/proofs';
import {verifiedProofs} from './verified-proofs.js';
import type {VerifiedProofsOptions} from './proof-question.js';

/** Leaves `from` … `from + count - 1` of a log. */
export interface LeavesOfLog {
  readonly kind: number;
  readonly patient: Uint8Array;
  readonly from: bigint;
  readonly count: number;
}

export type VerifiedLeavesOptions = Pick<VerifiedProofsOptions, 'client' | 'trust' | 'timeoutMs'> & {
  /** Block that the leaves come from. */
  readonly atLeast: bigint;
};

type Asked = NonNullable<ProofQuestion['logs']>[number] & Pick<LeavesOfLog, 'kind' | 'patient'>;

/**
 * Leaves of logs, each proven to stand at its place under a header that the genesis' validators signed. Asked for page
 * by page until all are there, however many one block has brought.
 * @param logs none twice
 * @returns the bytes of each log's leaves, in order
 * @throws DomainError('not-verified') also when a log is shorter; 'behind', 'ledger-unavailable'
 */
export async function verifiedLeaves(
  logs: readonly LeavesOfLog[],
  options: VerifiedLeavesOptions,
): Promise<readonly (readonly Uint8Array[])[]> {
  const gathered = logs.map((log) => ({log, leaves: [] as Uint8Array[]}));
  for (;;) {
    const part = gathered.filter(({log, leaves}) => leaves.length < log.count).slice(0, LIMITS.proofLogs);
    if (part.length === 0) return gathered.map(({leaves}) => leaves);
    const asked = part.map(({log, leaves}) => pageAfter(log, leaves.length));
    const {answer} = await verifiedProofs({...options, maxHeaderAgeMs: 'any-time', request: {logs: asked}});
    for (const [i, {log, leaves}] of part.entries()) leaves.push(...leavesOf(asked[i] as Asked, log, answer));
  }
}

function pageAfter({kind, patient, from, count}: LeavesOfLog, done: number): Asked {
  return {kind, patient, from: from + BigInt(done), limit: Math.min(count - done, LIMITS.proofLeaves)};
}

function leavesOf({kind, patient}: Asked, {from, count}: LeavesOfLog, {logs}: ProvenAnswer): readonly Uint8Array[] {
  const log = logs.find((one) => one.kind === kind && equalBytes(one.patient, patient));
  if (log === undefined || log.head.size < from + BigInt(count))
    throw new DomainError('not-verified', {
      detail: 'A log has fewer leaves than the block says.',
      meta: {reason: 'log-size'},
    });
  return log.leaves;
}
