import {toHex} from '@vitalvault/contracts';
import type {Alert} from '@vitalvault/contracts/gen/events/v1/events';
import type {RecordToRelease} from '@vitalvault/contracts/gen/policy/v1/policy';
import {DomainError} from '@vitalvault/errors';
import {PEOPLE, TEST_CHAIN} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import {CometProvenLedger} from '../../src/adapters/ledger/comet-proven-ledger.js';
import {SignedReleaseRequests} from '../../src/adapters/storage/signed-release-requests.js';
import {ChargeRelease} from '../../src/application/charge-release.js';
import {ProofQuota} from '../../src/application/proof-quota.js';
import {ProvenRelease} from '../../src/application/proven-release.js';
import {ReleaseKeys} from '../../src/application/release-keys.js';
import type {ReleaseKey} from '../../src/application/release-keys.js';
import type {MemoryProjectionStore} from './memory-projection-store.js';
import {MemoryReleaseRegister} from './memory-release-register.js';
import {HOSPITAL, ReleaseWorld} from './release-world.js';
import {signedReleaseRequest} from './signed-release-request.js';
import {standstill} from './standstill.js';

const {clinician} = PEOPLE;

/** Everything that a release touches, and a release whose steps are noted in `steps`. */
export class ReleaseStory extends ReleaseWorld {
  readonly register = new MemoryReleaseRegister();
  readonly follower = standstill();
  /** What happened, in order: 'alert', 'open'. */
  readonly steps: string[] = [];
  readonly alerts: Alert[] = [];
  notifyAway = false;
  /** Clock of the service, Unix milliseconds. */
  nowMs = 1_000;
  /** notify: it has the alert for good when it answers. */
  notify: (alert: Alert) => Promise<unknown> = () => Promise.resolve();
  /** What happens elsewhere while a release is at that step; an opening cannot be held up, so what follows it waits. */
  readonly meanwhile: {[step in 'proof' | 'alert' | 'count' | 'open']?: (() => Promise<void>) | undefined} = {};
  #pending: Promise<void> | undefined;
  readonly releaseKeys: ReleaseKeys;
  readonly #nonces = new Set<string>();

  /** @param startSeconds block time at the beginning */
  constructor(startSeconds: bigint) {
    super(startSeconds);
    const opened = (): void => {
      this.steps.push('open');
      if (this.meanwhile.open !== undefined) this.#pending = this.take('open');
    };
    const key: ReleaseKey = {
      id: HOSPITAL.release.id,
      // Whoever opens a seal takes the private key: that is how opening is noticed.
      get privateKey() {
        opened();
        return HOSPITAL.release.privateKey;
      },
    };
    const projection = Object.create(this.store, {
      position: {
        value: async () => {
          await this.#pending;
          return this.store.position();
        },
      },
    }) as MemoryProjectionStore;
    const requests = new SignedReleaseRequests(
      {organisation: toHex(HOSPITAL.id), now: () => Date.now()},
      {
        remember: (keyId, nonce) => {
          const isNew = !this.#nonces.has(keyId + nonce);
          this.#nonces.add(keyId + nonce);
          return Promise.resolve(isNew);
        },
      },
    );
    const quota = new ProofQuota(() => 0);
    const proven = new CometProvenLedger({client: this.chain, trust: this.chain.validatorSet.trust, timeoutMs: 100});
    this.releaseKeys = new ReleaseKeys(
      {chainId: TEST_CHAIN, organisation: toHex(HOSPITAL.id), releaseKeys: [key], now: () => this.nowMs, catchUpMs: 50},
      {
        projection,
        outcomes: this.outcomes,
        follower: this.follower,
        charge: new ChargeRelease({now: () => 0}, {projection, requests, quota}),
        register: {
          answered: (txId, recordId) => this.register.answered(txId, recordId),
          allows: (txId, recordIds) => this.register.allows(txId, recordIds),
          count: async (release) => {
            await this.take('count');
            return this.register.count(release);
          },
        },
        requests,
        proven: new ProvenRelease({
          ledger: {
            prove: async (question, atLeast) => {
              const state = await proven.prove(question, atLeast);
              await this.take('proof');
              return state;
            },
          },
        }),
        alerts: {
          queue: async (alert) => {
            if (this.notifyAway) throw new DomainError('notify-unavailable');
            await this.take('alert');
            await this.notify(alert);
            this.steps.push('alert');
            this.alerts.push(alert);
          },
        },
      },
    );
  }

  /** @param by who signs the request to storage; who asked for the permit when left out */
  release(
    tx: string,
    records: RecordToRelease[],
    {by = this.asked.get(tx) ?? clinician, ...more}: {seenHeight?: bigint; by?: TestKey; gone?: AbortSignal} = {},
  ): ReturnType<ReleaseKeys['execute']> {
    const signedRequest = signedReleaseRequest(tx, by, toHex(HOSPITAL.id));
    return this.show(tx, signedRequest, records, more);
  }

  /** As storage would hand a request on. */
  show(
    txId: string,
    signedRequest: Uint8Array,
    records: readonly RecordToRelease[],
    {
      seenHeight = 0n,
      from = 'storage',
      gone = new AbortController().signal,
    }: {seenHeight?: bigint; from?: string; gone?: AbortSignal} = {},
  ): ReturnType<ReleaseKeys['execute']> {
    return this.releaseKeys.execute({from, txId, signedRequest, records, seenHeight, gone});
  }

  private async take(step: keyof ReleaseStory['meanwhile']): Promise<void> {
    const happening = this.meanwhile[step];
    // Once: what happens may come to the same step.
    this.meanwhile[step] = undefined;
    await happening?.();
  }
}
