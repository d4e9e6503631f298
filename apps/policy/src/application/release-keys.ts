import {TOPICS, alertOf, encodeCanonical, equalBytes, fromHex, sha256Of, toHex} from '@vitalvault/contracts';
import {AlertKind, AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {RecordToRelease} from '@vitalvault/contracts/gen/policy/v1/policy';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {EnvelopeError, openSealedKey, sealReleaseBundle} from '@vitalvault/envelope';
import {DomainError} from '@vitalvault/errors';
import {currentTraceparent, histogram, withSpan} from '@vitalvault/process';
import {checkIndex, checkLeaf, checkReleaseKey, checkScope, headerOf, idOf} from '../domain/record-checks.js';
import {checkDistinct, checkGrant, checkStanding, checkWindow, isOwnRead, isRefusal} from '../domain/release-checks.js';
import type {ProvenPermit, ReleaseRefusal} from '../domain/release-checks.js';
import type {AskedRelease, ChargeRelease} from './charge-release.js';
import {positionAtLeast} from './freshness.js';
import {newestSeen} from './newest-seen.js';
import type {
  AlertQueue,
  Announcement,
  Clock,
  Follower,
  Id,
  Projection,
  ReleaseRegister,
  ReleaseRequests,
  StoredLeaf,
} from './ports.js';
import type {ProvenRelease, ReleaseFacts} from './proven-release.js';
import type {TransactionOutcomes} from './transaction-outcomes.js';

/** What storage asks for on behalf of a reader. */
export interface ReleaseQuestion {
  /** Address that it came from. */
  readonly from: string;
  readonly txId: Id;
  /** The reader's signed HTTP request as storage received it. */
  readonly signedRequest: Uint8Array;
  readonly records: readonly RecordToRelease[];
  /** Height of the newest state that storage's own follower has seen a header for; 0: it does not say. */
  readonly seenHeight: bigint;
  /** Nobody waits for the answer any more. */
  readonly gone: AbortSignal;
}

export interface ReleasedKeys {
  /** HPKE to the one-time key of the request. */
  readonly bundle: Uint8Array;
  readonly verifiedAtHeight: bigint;
}

/** A release key of this custodian: only this use case opens with it. */
export interface ReleaseKey {
  readonly id: Uint8Array;
  readonly privateKey: Uint8Array;
}

/** What a release rests on, and where its decision lies. */
interface StandingFacts extends ReleaseFacts {
  readonly readerKey: SigningKey;
  readonly place: StoredLeaf;
}

const CATCH_UP_MS = 3_000;
/** The platform opens seals on threads of its own; more of them at a time would hold up other releases. */
const OPENED_AT_ONCE = 4;
/** Of one check before a key is opened: a block takes half a second at the least, a proof less. */
const MOST_PROOFS = 4;
const delay = histogram('vitalvault.release.delay');

/**
 * Log before key (docs/protocol.md §7): a key is opened only for a committed decision that still stands, and after the
 * alert is durable, and none leaves before it is counted and told, nor after this service's follower has seen the
 * decision's end.
 */
export class ReleaseKeys {
  constructor(
    private readonly options: {
      chainId: string;
      organisation: Id;
      releaseKeys: readonly ReleaseKey[];
      now: Clock;
      catchUpMs?: number;
    },
    private readonly ports: {
      projection: Projection;
      outcomes: TransactionOutcomes;
      proven: ProvenRelease;
      charge: ChargeRelease;
      follower: Follower;
      alerts: AlertQueue;
      register: ReleaseRegister;
      requests: ReleaseRequests;
    },
  ) {}

  /**
   * @throws DomainError tx-not-found, access-refused, permit-ended, unknown-key (and what else a signed request
   * lacks), release-mismatch, release-limit, quota-exceeded, not-verified,
   * behind, ledger-unavailable, notify-unavailable, follower-stopped
   */
  async execute(question: ReleaseQuestion): Promise<ReleasedKeys> {
    const askedMs = this.options.now();
    // Nothing is released by who does not know what this organisation's own validator has seen.
    this.ports.follower.mustGoOn();
    // 0 · Who signed pays for the proofs.
    const asked = await this.ports.charge.execute(question, () => this.placeOf(question));
    const recordIds = question.records.map(idOf);
    // 1 · The decision, the standing of everybody and every record, proven by the ledger.
    let facts = await withSpan('policy.verify_release', {attributes: {'vitalvault.records': recordIds.length}}, () =>
      this.verify(question, recordIds, asked),
    );
    await this.refuseOverLimit(question.txId, recordIds);
    mustBeWaitedFor(question);
    // 2 · The patient will hear of it, whatever happens from here on.
    await withSpan('policy.queue_alert', {kind: 'client'}, () => this.alertPatient(question.txId, facts.permit));
    // 3 · Only now, and only if all still stands: the alert may have waited for seconds.
    facts = await this.upToNow(question.txId, facts);
    const {permit} = facts;
    const bundle = await withSpan('policy.open_seals', {}, () => this.openAndSeal(question, recordIds, permit));
    // 4 · A thousand seals take a while too: what was opened for a permit that is gone by now, or for a reader who is,
    // stays here. Counted, kept and told before anything leaves, so that a crash in between can only give less.
    facts = await this.upToNow(question.txId, facts);
    mustBeWaitedFor(question);
    const number = await this.count(question, recordIds, facts);
    // 5 · The count may have waited too.
    const {header: last} = await this.upToNow(question.txId, facts);
    // Not from the block: when she asks is her own affair, and an idle chain dates a block ten seconds back.
    if (number === 1) delay(Math.max(0, this.options.now() - askedMs) / 1_000, {});
    return {bundle, verifiedAtHeight: last.height};
  }

  private async verify(
    question: ReleaseQuestion,
    recordIds: readonly Uint8Array[],
    {place, signedBy}: AskedRelease,
  ): Promise<StandingFacts> {
    const {txId, signedRequest, records} = question;
    const atLeast = await this.newestKnown(place, question);
    const facts = await this.standingFacts(place, txId, atLeast);
    // What the projection has for her key is a hint; what counts is the proven one.
    if (signedBy === undefined || !isSameKey(signedBy, facts.readerKey))
      await this.ports.requests.check(signedRequest, txId, facts.readerKey);
    refuseIf(checkDistinct(recordIds));
    await this.verifyRecords(records, facts.permit, atLeast);
    return facts;
  }

  private async standingFacts(place: StoredLeaf, txId: Id, atLeast: bigint): Promise<StandingFacts> {
    const facts = await this.ports.proven.facts(place, fromHex(txId), atLeast);
    const {permit, header, member, grant, readerKey} = facts;
    refuseIf(checkWindow(permit, header));
    refuseIf(checkStanding(permit, member));
    if (!isOwnRead(permit)) refuseIf(checkGrant(permit, {grant, member}, header));
    // By the key that she has now: one that she gave up may be in other hands.
    if (readerKey === undefined) throw new DomainError('unknown-key');
    return {...facts, readerKey, place};
  }

  /**
   * The facts as of the newest state that this service knows: proven anew when its follower has gone on since, and
   * nothing when that stands, since what it cannot take may be the revocation.
   */
  private async upToNow(txId: Id, proven: StandingFacts): Promise<StandingFacts> {
    let facts = proven;
    for (let proofs = 0; ; proofs += 1) {
      const newest = await newestSeen(this.ports.projection);
      this.ports.follower.mustGoOn();
      if (newest < facts.header.height) return facts;
      if (proofs === MOST_PROOFS)
        throw new DomainError('behind', {detail: 'Blocks come faster than they can be proven.', retryAfterSeconds: 1});
      facts = await this.standingFacts(proven.place, txId, newest);
      // The request was signed by the key that she had; whoever has that one now may not be her.
      if (!isSameKey(facts.readerKey, proven.readerKey)) throw new DomainError('unknown-key');
    }
  }

  // A validator that lags, of another hospital perhaps, must not release what is known here to be revoked.
  private async newestKnown({leaf}: StoredLeaf, {seenHeight}: ReleaseQuestion): Promise<bigint> {
    const known = [leaf.height, seenHeight, await newestSeen(this.ports.projection)];
    return known.reduce((newest, height) => (height > newest ? height : newest));
  }

  /**
   * Where the decision stands. Storage follows the chain by itself and may be ahead of our follower: what that one has
   * not come to yet is not known, and says nothing against who asks.
   */
  private async placeOf({txId, seenHeight}: ReleaseQuestion): Promise<StoredLeaf> {
    const {projection, outcomes} = this.ports;
    const expected = outcomes.expect(txId);
    try {
      const soon = await projection.leafOfTransaction(txId);
      if (soon !== undefined) return soon;
      await expected.within(this.options.catchUpMs ?? CATCH_UP_MS);
      const late = await projection.leafOfTransaction(txId);
      if (late !== undefined) return late;
      // Looked for once more from there on: it may have been projected since.
      await positionAtLeast(projection, seenHeight);
      const last = await projection.leafOfTransaction(txId);
      if (last === undefined) throw new DomainError('tx-not-found');
      return last;
    } finally {
      expected.close();
    }
  }

  private async verifyRecords(
    records: readonly RecordToRelease[],
    permit: ProvenPermit,
    atLeast: bigint,
  ): Promise<void> {
    const custody = {chainId: this.options.chainId, releaseKeyIds: this.options.releaseKeys.map(({id}) => id)};
    for (const record of records) {
      refuseIf(checkIndex(record, permit));
      const header = headerOf(record);
      if (isRefusal(header)) throw new DomainError(header.code, {detail: header.detail});
      refuseIf(checkScope(header, permit, custody.chainId));
      refuseIf(checkReleaseKey(header, custody));
    }
    const leaves = await this.ports.proven.recordLeaves(
      permit.request.patient,
      records.map(({logIndex}) => logIndex),
      atLeast,
    );
    records.forEach((record, i) => {
      const leaf = leaves[i];
      if (leaf === undefined) throw new DomainError('not-verified', {detail: 'a leaf of the record log is missing'});
      refuseIf(checkLeaf(record, leaf));
    });
  }

  private async refuseOverLimit(txId: Id, recordIds: readonly Uint8Array[]): Promise<void> {
    if (!(await this.ports.register.allows(txId, recordIds.map(toHex)))) throw new DomainError('release-limit');
  }

  // What the leaf says, as the ledger's event tells it too: the same alert.
  private async alertPatient(txId: Id, permit: ProvenPermit): Promise<void> {
    await this.ports.alerts.queue(
      alertOf({
        ...toldOf(permit),
        kind: AlertKind.ACCESS_PERMITTED,
        raisedAtMs: permit.decidedAt * 1_000n,
        subject: fromHex(txId),
      }),
    );
  }

  /** @returns the number of this answer among those of its permit, from 1 */
  private async count(
    {txId, signedRequest}: ReleaseQuestion,
    recordIds: readonly Uint8Array[],
    {permit, header}: ReleaseFacts,
  ): Promise<number> {
    let counted = 0;
    const isAllowed = await this.ports.register.count({
      txId,
      recordIds: recordIds.map(toHex),
      signedRequest,
      verifiedAtHeight: header.height,
      tell: (number) => {
        counted = number;
        return this.released({txId, signedRequest}, permit, number);
      },
    });
    if (!isAllowed) throw new DomainError('release-limit');
    return counted;
  }

  /**
   * That keys leave: one alert for each answer. By its request too: numbers come again when the database was set back.
   */
  private released(
    {txId, signedRequest}: Pick<ReleaseQuestion, 'txId' | 'signedRequest'>,
    permit: ProvenPermit,
    number: number,
  ): Announcement {
    const subject = Buffer.concat([fromHex(txId), Buffer.alloc(4), sha256Of(signedRequest)]);
    subject.writeUInt32BE(number, 32);
    const alert = alertOf({
      ...toldOf(permit),
      kind: AlertKind.KEYS_RELEASED,
      raisedAtMs: BigInt(this.options.now()),
      subject,
    });
    return {
      topic: TOPICS.alerts,
      key: toHex(alert.patient),
      value: encodeCanonical(AlertSchema, alert),
      messageId: toHex(alert.alertId),
      traceparent: currentTraceparent(),
    };
  }

  private async openAndSeal(
    {txId, records, gone}: ReleaseQuestion,
    recordIds: Uint8Array[],
    permit: ProvenPermit,
  ): Promise<Uint8Array> {
    const innerKeys: Uint8Array[] = [];
    const left = records.entries();
    const lane = async (): Promise<void> => {
      for (const [place, record] of left) {
        mustBeWaitedFor({gone});
        innerKeys[place] = await this.open(record);
      }
    };
    await Promise.all(Array.from({length: OPENED_AT_ONCE}, lane));
    const {chainId, organisation} = this.options;
    return sealReleaseBundle(
      {chainId, txId: fromHex(txId), organisation: fromHex(organisation), recordIds},
      permit.request.readerKey,
      innerKeys,
    );
  }

  private async open(record: RecordToRelease): Promise<Uint8Array> {
    const header = headerOf(record);
    const key = isRefusal(header)
      ? undefined
      : this.options.releaseKeys.find(({id}) => toHex(id) === toHex(header.releaseKeyId));
    if (key === undefined)
      throw new DomainError('release-mismatch', {detail: 'a record that is sealed to another custodian'});
    try {
      return await openSealedKey(record, key.privateKey);
    } catch (cause) {
      if (cause instanceof EnvelopeError)
        throw new DomainError('release-mismatch', {detail: `a sealed key does not open (${cause.code})`, cause});
      throw cause;
    }
  }
}

const toldOf = ({reader, organisation, request}: ProvenPermit) => ({
  patient: request.patient,
  reader,
  organisation,
  permit: true,
  request,
});

const isSameKey = (a: SigningKey, b: SigningKey): boolean => a.alg === b.alg && equalBytes(a.publicKey, b.publicKey);

/** Whoever has gone hears of no refusal, and uses nothing up. */
function mustBeWaitedFor({gone}: Pick<ReleaseQuestion, 'gone'>): void {
  if (gone.aborted) throw new DomainError('policy-unavailable', {detail: 'Nobody waits for it any more.'});
}

function refuseIf(refusal: ReleaseRefusal | undefined): void {
  if (refusal !== undefined) throw new DomainError(refusal.code, {detail: refusal.detail});
}
