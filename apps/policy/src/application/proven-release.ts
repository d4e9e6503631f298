import {LIMITS, NotCanonicalError, STATE_KIND, decodeCanonical, equalBytes, fromHex} from '@vitalvault/contracts';
import {
  AccessLeafSchema,
  GrantSchema,
  MemberSchema,
  PatientSchema,
  RecordLeafSchema,
} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AccessEvent, Grant, Member, RecordLeaf} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {DomainError} from '@vitalvault/errors';
import type {GenMessage} from '@bufbuild/protobuf/codegenv2';
import type {Message} from '@bufbuild/protobuf';
import {isOwnRead, isRefusal, permitOf} from '../domain/release-checks.js';
import type {HeaderPlace, ProvenPermit} from '../domain/release-checks.js';
import type {ProvenLedger, StoredLeaf} from './ports.js';

/** All that the checks of a release need, proven under one header. */
export interface ReleaseFacts {
  readonly permit: ProvenPermit;
  /** The reader as a member, now. */
  readonly member: Member | undefined;
  /** The grant under (patient, grant id), now. */
  readonly grant: Grant | undefined;
  /** The reader's signing key, now; undefined: she is nobody. */
  readonly readerKey: SigningKey | undefined;
  readonly header: HeaderPlace;
}

/** Asks the ledger for what a release speaks about and gives only what was proven. */
export class ProvenRelease {
  constructor(private readonly ports: {ledger: ProvenLedger}) {}

  /**
   * @param place where the projection says that the decision stands; only a hint, everything is proven from there.
   * @param atLeast height of the state that it is judged by, or of a later one
   * @throws DomainError not-verified, behind, ledger-unavailable; access-refused; release-mismatch when it stands
   *   elsewhere
   */
  async facts(place: StoredLeaf, txId: Uint8Array, atLeast: bigint): Promise<ReleaseFacts> {
    const patient = fromHex(place.patient);
    const hint = place.leaf.event.case === 'access' ? place.leaf.event.value : undefined;
    const grantKey = {kind: STATE_KIND.grant, parts: [patient, hint?.request?.grantId ?? new Uint8Array()]};
    const memberKey = {kind: STATE_KIND.member, parts: [hint?.reader ?? new Uint8Array()]};
    const patientKey = {kind: STATE_KIND.patient, parts: [patient]};
    const {answer, header} = await this.ports.ledger.prove(
      {
        keys: [{kind: STATE_KIND.accessLog, parts: [patient]}, grantKey, memberKey, patientKey],
        logs: [{kind: STATE_KIND.accessLog, patient, indexes: [place.index]}],
      },
      atLeast,
    );
    const permit = permitOf(
      provenLeaf(answer.leaf(STATE_KIND.accessLog, patient, place.index), AccessLeafSchema),
      txId,
    );
    if (isRefusal(permit)) throw new DomainError(permit.code, {detail: permit.detail});
    // The hint chose the keys: a forged row must not lead to another reader's standing or another grant.
    if (!isSameAccess(permit, patient, hint))
      throw new DomainError('release-mismatch', {
        detail: 'the projection of the decision is not what the ledger proves',
      });
    const member = decodeIfThere(answer.state(memberKey.kind, memberKey.parts), MemberSchema);
    const own = decodeIfThere(answer.state(patientKey.kind, patientKey.parts), PatientSchema);
    return {
      permit,
      header,
      member,
      readerKey: (isOwnRead(permit) ? own : member)?.signingKey,
      grant: decodeIfThere(answer.state(grantKey.kind, grantKey.parts), GrantSchema),
    };
  }

  /**
   * Proven leaves of the patient's record log, in the order of `indexes`. As many as one answer holds come with one
   * proof.
   * @throws DomainError release-mismatch when the log has no such leaf; not-verified, behind, ledger-unavailable
   */
  async recordLeaves(patient: Uint8Array, indexes: readonly bigint[], atLeast: bigint): Promise<RecordLeaf[]> {
    const kind = STATE_KIND.recordLog;
    const found = new Map<bigint, RecordLeaf>();
    let wanted = [...new Set(indexes)].sort((a, b) => (a < b ? -1 : 1));
    while (wanted.length > 0) {
      const asked = wanted.slice(0, LIMITS.proofLeaves);
      const {answer} = await this.ports.ledger.prove({logs: [{kind, patient, indexes: asked}]}, atLeast);
      const given = asked.map((index) => ({index, leaf: answer.leaf(kind, patient, index)}));
      for (const {index, leaf} of given) if (leaf !== undefined) found.set(index, decoded(leaf, RecordLeafSchema));
      // Verified is that a leaf is only left out behind the last one given, or when the log does not have it.
      if (given[0]?.leaf === undefined) throw noSuchLeaf();
      wanted = wanted.filter((index) => !found.has(index));
    }
    return indexes.map((index) => found.get(index) as RecordLeaf);
  }
}

function isSameAccess({request, reader}: ProvenPermit, patient: Uint8Array, hint: AccessEvent | undefined): boolean {
  if (hint?.request === undefined) return false;
  return (
    equalBytes(request.grantId, hint.request.grantId) &&
    equalBytes(reader, hint.reader) &&
    equalBytes(request.patient, patient)
  );
}

function provenLeaf<T extends Message>(leaf: Uint8Array | undefined, schema: GenMessage<T>): T {
  if (leaf === undefined) throw noSuchLeaf();
  return decoded(leaf, schema);
}

const noSuchLeaf = (): DomainError => new DomainError('release-mismatch', {detail: 'the log has no such leaf'});

const decodeIfThere = <T extends Message>(value: Uint8Array | undefined, schema: GenMessage<T>): T | undefined =>
  value === undefined ? undefined : decoded(value, schema);

function decoded<T extends Message>(bytes: Uint8Array, schema: GenMessage<T>): T {
  try {
    return decodeCanonical(schema, bytes) as T;
  } catch (cause) {
    if (cause instanceof NotCanonicalError)
      throw new DomainError('not-verified', {detail: 'a proven value cannot be read', cause});
    throw cause;
  }
}
