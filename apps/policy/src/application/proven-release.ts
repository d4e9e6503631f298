import {NotCanonicalError, STATE_KIND, decodeCanonical, equalBytes, fromHex} from '@vitalvault/contracts';
import {AccessLeafSchema, GrantSchema, MemberSchema, RecordLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {AccessEvent, Grant, Member, RecordLeaf} from '@vitalvault/contracts/gen/ledger/v1/state';
import {DomainError} from '@vitalvault/errors';
import type {GenMessage} from '@bufbuild/protobuf/codegenv2';
import type {Message} from '@bufbuild/protobuf';
import {isRefusal, permitOf} from '../domain/release-checks.js';
import type {HeaderPlace, ProvenPermit} from '../domain/release-checks.js';
import type {ProvenLedger, ProvenState, StoredLeaf} from './ports.js';

/** All that the checks of a release need, proven under one header. */
export interface ReleaseFacts {
  readonly permit: ProvenPermit;
  /** The reader as a member, now. */
  readonly member: Member | undefined;
  /** The grant under (patient, grant id), now. */
  readonly grant: Grant | undefined;
  readonly header: HeaderPlace;
}

const LOGS_PER_QUERY = 16;
const LEAVES_PER_QUERY = 1_000;

/** Asks the ledger for what a release speaks about and gives only what was proven. */
export class ProvenRelease {
  /**
   * @param options.wholeLogUpTo size up to which a log is proven by all of its leaves instead of leaf by leaf; 1,000 at
   * the most
   */
  constructor(
    private readonly ports: {ledger: ProvenLedger},
    private readonly options: {wholeLogUpTo: number} = {wholeLogUpTo: LEAVES_PER_QUERY},
  ) {}

  /**
   * @param place where the projection says that the decision stands; only a hint, everything is proven from there.
   * @throws DomainError not-verified, behind, ledger-unavailable; access-refused; release-mismatch when it stands
   *   elsewhere
   */
  async facts(place: StoredLeaf, txId: Uint8Array): Promise<ReleaseFacts> {
    const patient = fromHex(place.patient);
    const hint = place.leaf.event.case === 'access' ? place.leaf.event.value : undefined;
    const grantKey = {kind: STATE_KIND.grant, parts: [patient, hint?.request?.grantId ?? new Uint8Array()]};
    const memberKey = {kind: STATE_KIND.member, parts: [hint?.reader ?? new Uint8Array()]};
    const {answer, header} = await this.ports.ledger.prove(
      {
        keys: [{kind: STATE_KIND.accessLog, parts: [patient]}, grantKey, memberKey],
        logs: [{kind: STATE_KIND.accessLog, patient, from: place.index, limit: 1, inclusion: true}],
      },
      place.leaf.height,
    );
    const permit = permitOf(provenLeaf(answer, STATE_KIND.accessLog, place.index, AccessLeafSchema), txId);
    if (isRefusal(permit)) throw new DomainError(permit.code, {detail: permit.detail});
    // The hint chose the keys: a forged row must not lead to another reader's standing or another grant.
    if (!isSameAccess(permit, patient, hint))
      throw new DomainError('release-mismatch', {
        detail: 'the projection of the decision is not what the ledger proves',
      });
    return {
      permit,
      header,
      member: decodeIfThere(answer.state(memberKey.kind, memberKey.parts), MemberSchema),
      grant: decodeIfThere(answer.state(grantKey.kind, grantKey.parts), GrantSchema),
    };
  }

  /**
   * Proven leaves of the patient's record log, in the order of `indexes`. Many leaves of a log that one answer holds
   * cost one query; otherwise each comes with its own path.
   * @throws DomainError not-verified, behind, ledger-unavailable
   */
  async recordLeaves(
    patient: Uint8Array,
    indexes: readonly bigint[],
    at: {height: bigint; logSize: bigint},
  ): Promise<RecordLeaf[]> {
    const whole = indexes.length > LOGS_PER_QUERY && at.logSize <= BigInt(this.options.wholeLogUpTo);
    const found = whole ? await this.fromWholeLog(patient, indexes, at.height) : undefined;
    return found ?? this.oneByOne(patient, indexes, at.height);
  }

  /** Undefined: the log has outgrown one answer. */
  private async fromWholeLog(
    patient: Uint8Array,
    indexes: readonly bigint[],
    atLeast: bigint,
  ): Promise<RecordLeaf[] | undefined> {
    const {answer} = await this.ports.ledger.prove(
      {
        keys: [{kind: STATE_KIND.recordLog, parts: [patient]}],
        logs: [{kind: STATE_KIND.recordLog, patient, from: 0n, limit: LEAVES_PER_QUERY}],
      },
      atLeast,
    );
    const log = answer.logs.find(({kind}) => kind === STATE_KIND.recordLog);
    if (log?.proof !== 'complete') return undefined;
    return indexes.map((index) => {
      const leaf = log.leaves[Number(index)];
      if (leaf === undefined) throw new DomainError('not-verified', {detail: 'the log has no such leaf'});
      return decoded(leaf, RecordLeafSchema);
    });
  }

  private async oneByOne(patient: Uint8Array, indexes: readonly bigint[], atLeast: bigint): Promise<RecordLeaf[]> {
    const leaves: RecordLeaf[] = [];
    for (let i = 0; i < indexes.length; i += LOGS_PER_QUERY) {
      const part = indexes.slice(i, i + LOGS_PER_QUERY);
      const {answer} = await this.ports.ledger.prove(
        {
          keys: [{kind: STATE_KIND.recordLog, parts: [patient]}],
          logs: part.map((from) => ({kind: STATE_KIND.recordLog, patient, from, limit: 1, inclusion: true})),
        },
        atLeast,
      );
      leaves.push(...part.map((index) => provenLeaf(answer, STATE_KIND.recordLog, index, RecordLeafSchema)));
    }
    return leaves;
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

function provenLeaf<T extends Message>(
  answer: ProvenState['answer'],
  kind: number,
  index: bigint,
  schema: GenMessage<T>,
): T {
  const log = answer.logs.find((one) => one.kind === kind && one.from === index && one.leaves.length === 1);
  const [leaf] = log?.leaves ?? [];
  // 'complete' proves a log of one leaf, which needs no inclusion path.
  if (leaf === undefined || log?.proof === 'page')
    throw new DomainError('release-mismatch', {detail: 'the log has no such leaf'});
  return decoded(leaf, schema);
}

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
