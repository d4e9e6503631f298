import {LIMITS, NotCanonicalError, STATE_KIND, decodeCanonical, fromHex} from '@vitalvault/contracts';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AccessLeaf} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {VerifiedHeader} from '@vitalvault/light-client';
import {emptyLogRoot} from '@vitalvault/proofs';
import type {HeadOfLog, ProvenLog} from '@vitalvault/proofs';
import {SdkError} from '../sdk-error.js';
import type {PatientContext} from './patient-context.js';

export interface NewEntries {
  /** What came since the head that was remembered, in order. */
  leaves: AccessLeaf[];
  head: HeadOfLog;
  /** The header that proves the head. */
  header: VerifiedHeader;
}

/**
 * Reads of an access log what came since the remembered head: proven is that the log begins with what was seen before,
 * and each new entry. So a log of ten years need not be read again to know that nothing of it was changed.
 * @throws SdkError `log-older-than-known`, `log-forked`, `log-incomplete`; `untrusted-header`, `stale-header`,
 *   `proof-invalid`
 * @spec docs/protocol.md §5.2
 */
export async function readNewEntries({keys, ledger, id}: PatientContext): Promise<NewEntries> {
  const {logHead} = keys;
  let seen: HeadOfLog =
    logHead === undefined
      ? {size: 0n, root: emptyLogRoot()}
      : {size: BigInt(logHead.size), root: fromHex(logHead.root)};
  const leaves: AccessLeaf[] = [];
  for (let from = seen.size; ;) {
    const page = {kind: STATE_KIND.accessLog, patient: id, from, limit: LIMITS.proofLeaves, olderSize: seen.size};
    const {answer, header} = await ledger.proofs(keys.signing, {logs: [page]});
    const log = answer.logs[0] as ProvenLog;
    requireContinues(log, seen);
    leaves.push(...log.leaves.map((bytes, i) => leafOf(bytes, log.indexes[i], leaves.at(-1))));
    // The log may have grown since the page before: each begins with the one before.
    seen = log.head;
    if (log.next === undefined) return {leaves, head: seen, header};
    from = log.next;
  }
}

function requireContinues(log: ProvenLog, seen: HeadOfLog): void {
  if (log.head.size < seen.size)
    throw new SdkError('log-older-than-known', {
      detail: `${log.head.size} entries are shown, ${seen.size} were seen before`,
    });
  if (!log.beginsWith(seen))
    throw new SdkError('log-forked', {detail: 'the log does not begin with what was seen before'});
}

function leafOf(bytes: Uint8Array, index: bigint | undefined, before: AccessLeaf | undefined): AccessLeaf {
  try {
    const leaf = decodeCanonical(AccessLeafSchema, bytes);
    const fault =
      leaf.index !== index ? 'wrong-index' : leaf.height < (before?.height ?? 0n) ? 'height-falls' : undefined;
    if (fault === undefined) return leaf;
    throw new SdkError('log-incomplete', {detail: `${fault} at ${index}`, meta: {fault, index}});
  } catch (cause) {
    if (!(cause instanceof NotCanonicalError)) throw cause;
    throw new SdkError('log-incomplete', {
      detail: `malformed-leaf at ${index}`,
      meta: {fault: 'malformed-leaf', index},
      cause,
    });
  }
}
