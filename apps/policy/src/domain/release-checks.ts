import {decideAccess} from '@vitalvault/consent';
import {equalBytes, slotOf, toHex} from '@vitalvault/contracts';
import type {AccessEvent, AccessLeaf, Grant, Member} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Decision, RequestAccess} from '@vitalvault/contracts/gen/ledger/v1/tx';

/** Why nothing is released: a code of the error catalogue and public words. */
export interface ReleaseRefusal {
  readonly code: 'access-refused' | 'permit-ended' | 'release-mismatch';
  readonly detail: string;
}

/** A permitted access as the ledger proves it. */
export interface ProvenPermit {
  readonly reader: Uint8Array;
  /** Empty when the reader is the patient. */
  readonly organisation: Uint8Array;
  readonly request: RequestAccess;
  readonly decision: Decision;
  /** Block time of the decision, Unix seconds. */
  readonly decidedAt: bigint;
}

/** The header that everything was proven under. */
export interface HeaderPlace {
  readonly height: bigint;
  readonly timeSeconds: bigint;
}

const refuse = (code: ReleaseRefusal['code'], detail: string): ReleaseRefusal => ({code, detail});

/** [§7:3a] The leaf of the patient's access log is this transaction's, and what it decided is a permit. */
export function permitOf(leaf: AccessLeaf, txId: Uint8Array): ProvenPermit | ReleaseRefusal {
  if (!equalBytes(leaf.txId, txId))
    return refuse('release-mismatch', "the leaf of the access log is another transaction's");
  const event: AccessEvent | undefined = leaf.event.case === 'access' ? leaf.event.value : undefined;
  if (event?.request === undefined || event.decision === undefined)
    return refuse('release-mismatch', 'the transaction asked for no access');
  if (!event.decision.permit) return refuse('access-refused', 'the ledger refused it');
  const {reader, organisation, request, decision} = event;
  return {reader, organisation, request, decision, decidedAt: leaf.blockTime};
}

export function isRefusal(value: object): value is ReleaseRefusal {
  return 'code' in value;
}

/** [§7:3b] The permit may still be used, by height and by time. */
export function checkWindow({decision}: ProvenPermit, header: HeaderPlace): ReleaseRefusal | undefined {
  if (header.height > decision.releaseUntilHeight) return refuse('permit-ended', 'its blocks are over');
  if (header.timeSeconds > decision.releaseUntilTime) return refuse('permit-ended', 'its time is over');
  return undefined;
}

/**
 * [§7:3c] The reader is a member of the same organisation as when she asked, and not suspended. The patient needs no
 * standing.
 */
export function checkStanding(permit: ProvenPermit, member: Member | undefined): ReleaseRefusal | undefined {
  if (isOwnRead(permit)) return undefined;
  if (member === undefined) return refuse('permit-ended', 'the reader is no member of an organisation');
  if (member.suspended) return refuse('permit-ended', 'the reader is suspended');
  if (!equalBytes(member.organisation, permit.organisation))
    return refuse('permit-ended', 'the reader has changed the organisation');
  return undefined;
}

/**
 * [§7:3d] The grant that stands now would permit the request now: not revoked, names the reader, covers tag, slots,
 * purpose and action, at the header's time. The reads are not counted again: this permit has used up its own.
 */
export function checkGrant(
  permit: ProvenPermit,
  now: {grant: Grant | undefined; member: Member | undefined},
  header: HeaderPlace,
): ReleaseRefusal | undefined {
  const {grant, member} = now;
  const verdict = decideAccess(permit.request, {
    reader: {id: permit.reader, ...(member === undefined ? {} : {member})},
    grant,
    readsUsed: 0n,
    blockSlot: slotOf(header.timeSeconds),
  });
  // The rule stays inside: what the patient changed in her grant is not the reader's to learn from here.
  return verdict.permit ? undefined : refuse('permit-ended', 'the grant does not cover the request any more');
}

/** The patient reads her own data: no grant is needed. */
export function isOwnRead({reader, request}: ProvenPermit): boolean {
  return equalBytes(reader, request.patient);
}

/** [§7:3e] No record is named twice. @param ids record ids */
export function checkDistinct(ids: readonly Uint8Array[]): ReleaseRefusal | undefined {
  return new Set(ids.map(toHex)).size === ids.length
    ? undefined
    : refuse('release-mismatch', 'a record is named twice');
}
