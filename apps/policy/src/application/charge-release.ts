import {toHex} from '@vitalvault/contracts';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {DomainError} from '@vitalvault/errors';
import type {ErrorCode} from '@vitalvault/errors';
import {TokenBuckets} from '@vitalvault/process';
import type {Clock, Id, Projection, ReleaseRequests, StoredLeaf} from './ports.js';
import type {ProofQuota} from './proof-quota.js';

/** What a request is that its reader has not signed, or that names no permit. */
const NOT_HERS: ReadonlySet<ErrorCode> = new Set([
  'tx-not-found',
  'signature-missing',
  'signature-invalid',
  'digest-mismatch',
]);
/** What one is that she has signed, and that is of no use: she pays for it, not the address, which is all readers'. */
const HERS: ReadonlySet<ErrorCode> = new Set(['signature-stale', 'signature-replayed', 'release-mismatch']);
/** Of one address: storage brings what it has verified, so hardly any; looking at one costs a signature's check. */
const STRAY = {burst: 256, refillPerSecond: 8};
/** Whose proofs are charged together: those of all who signed by a key that the projection does not have. */
const STRANGERS: Id = 'strangers';

/** A question whose proofs are paid for. */
export interface AskedRelease {
  /** Where the decision stands, as the projection has it. */
  readonly place: StoredLeaf;
  /**
   * The key that signed; undefined: another one than the projection has for the reader, who may have replaced hers a
   * moment ago. Then the proven one has to be asked.
   */
  readonly signedBy: SigningKey | undefined;
}

/**
 * Says who pays for the proofs of a release: the reader, if she signed for it. Whoever only names her permit uses
 * nothing of hers up, and is not listened to for long.
 */
export class ChargeRelease {
  readonly #strays = new TokenBuckets(STRAY);
  /** Under way from each address; looked at before any work. */
  readonly #underWay = new Map<string, number>();

  constructor(
    private readonly options: {now: Clock},
    private readonly ports: {projection: Projection; requests: ReleaseRequests; quota: ProofQuota},
  ) {}

  /**
   * @param from address that the question came from
   * @param find where the decision stands
   * @throws DomainError quota-exceeded of who signed, or of the address; what `find` throws, and what the signed
   *   request lacks
   */
  async execute(
    {from, txId, signedRequest}: {from: string; txId: Id; signedRequest: Uint8Array},
    find: () => Promise<StoredLeaf>,
  ): Promise<AskedRelease> {
    return this.#fromHere(from, async () => {
      const place = await find();
      const {reader, key} = await this.#readerOf(place);
      const isHers = key !== undefined && (await this.#isSigned(signedRequest, txId, {reader, key}));
      this.ports.quota.charge(isHers ? reader : STRANGERS);
      return {place, signedBy: isHers ? key : undefined};
    });
  }

  async #fromHere<T>(from: string, work: () => Promise<T>): Promise<T> {
    const underWay = this.#underWay.get(from) ?? 0;
    const waitMs = this.#strays.waitMs([{key: from, tokens: underWay + 1}], this.options.now());
    if (waitMs !== 0)
      throw new DomainError('quota-exceeded', {retryAfterSeconds: Math.max(1, Math.ceil((waitMs ?? 0) / 1_000))});
    this.#underWay.set(from, underWay + 1);
    try {
      return await work();
    } catch (error) {
      if (error instanceof DomainError && NOT_HERS.has(error.code))
        this.#strays.take([{key: from, tokens: 1}], this.options.now());
      throw error;
    } finally {
      const left = (this.#underWay.get(from) ?? 1) - 1;
      if (left === 0) this.#underWay.delete(from);
      else this.#underWay.set(from, left);
    }
  }

  /** By the projection: whose question it is, and by which key she asks now. */
  async #readerOf({patient, leaf: {event}}: StoredLeaf): Promise<{reader: Id; key: SigningKey | undefined}> {
    const reader = event.case === 'access' ? toHex(event.value.reader) : '';
    const {projection} = this.ports;
    const holder = reader === patient ? await projection.patient(patient) : await projection.member(reader);
    return {reader, key: holder?.signingKey};
  }

  async #isSigned(signedRequest: Uint8Array, txId: Id, {reader, key}: {reader: Id; key: SigningKey}): Promise<boolean> {
    try {
      await this.ports.requests.check(signedRequest, txId, key);
      return true;
    } catch (error) {
      if (error instanceof DomainError && error.code === 'unknown-key') return false;
      if (error instanceof DomainError && HERS.has(error.code)) this.ports.quota.charge(reader);
      throw error;
    }
  }
}
