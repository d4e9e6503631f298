import {fromHex} from '@vitalvault/contracts';
import {alertOf} from '../domain/alerts.js';
import type {ClaimedPack, Lease, PackClaims, PackStore, RecordStore, RecordToPack} from './ports.js';

export interface PackOptions {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** Packs that are pinned at the same time. */
  readonly lanes: number;
  readonly lease: Lease;
  readonly now: () => number;
  /** Rejects when `signal` ends it. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Ends the attempts in hand when the process stops. */
  readonly stopping: AbortSignal;
  /** Runs a pack inside a span that links to its records. */
  readonly trace: (records: readonly RecordToPack[], run: () => Promise<void>) => Promise<void>;
  readonly onFailure: (failure: {error: unknown; attempt: number; records: number}) => void;
}

/** Each patient is told again after so many further attempts. */
const ALERT_EVERY = 5;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 10_000;
/** While everything fails, one more pack is begun so often at least: IPFS may be back. */
const MAX_REST_MS = 2_000;

const pauseAfter = (failures: number, most: number): number => Math.min(most, FIRST_PAUSE_MS * 2 ** (failures - 1));

/**
 * Gathers accepted records into packs and pins them (D-30). A pack is claimed with its root before it is pinned, by one
 * process at a time; what becomes of that process, the same records are pinned under the same root (docs/adr/0046).
 */
export class PackRecords {
  readonly #lanes = new Set<Promise<void>>();
  /** Lanes with packs that were begun before. */
  #again = 0;
  /** Attempts in a row that failed, and until when no new pack is begun for it. */
  #failed = 0;
  #restUntilMs = 0;

  constructor(
    private readonly options: PackOptions,
    private readonly ports: {
      records: Pick<RecordStore, 'alert'>;
      claims: PackClaims;
      packs: Pick<PackStore, 'rootOf' | 'pin'>;
      onStored: () => void;
    },
  ) {}

  /** Takes one pack and starts pinning it; waits while every lane is busy. @returns whether there may be more */
  async execute(): Promise<boolean> {
    const {lanes, stopping} = this.options;
    while (this.#lanes.size >= lanes) await Promise.race(this.#lanes);
    if (stopping.aborted) return false;
    const begun = await this.#takeUp();
    const pack = begun ?? (await this.#claim());
    if (pack === undefined) return false;
    if (begun !== undefined) this.#again++;
    const lane = this.#attempt(pack).finally(() => {
      if (begun !== undefined) this.#again--;
      this.#lanes.delete(lane);
    });
    this.#lanes.add(lane);
    return true;
  }

  /** Waits for the attempts in hand, which `stopping` ends; others take up at once what they had. */
  async stop(): Promise<void> {
    await Promise.all(this.#lanes);
    const tell = (error: unknown): void => this.options.onFailure({error, attempt: 0, records: 0});
    await this.ports.claims.letGo(this.options.lease.owner).catch(tell);
  }

  // What cannot be pinned never has every lane: it is tried beside what goes on.
  async #takeUp(): Promise<ClaimedPack | undefined> {
    const {claims, packs} = this.ports;
    if (this.#again >= Math.max(1, this.options.lanes - 1)) return undefined;
    return claims.takeUp(this.options.lease, packs.rootOf.bind(packs));
  }

  async #claim(): Promise<ClaimedPack | undefined> {
    const {lease, maxRecords: records, maxBytes: bytes, now} = this.options;
    const {claims, packs} = this.ports;
    if (now() < this.#restUntilMs) return undefined;
    return claims.claim(lease, {records, bytes}, packs.rootOf.bind(packs));
  }

  async #attempt(pack: ClaimedPack): Promise<void> {
    try {
      await this.options.trace(pack.records, () => this.#pin(pack));
      [this.#failed, this.#restUntilMs] = [0, 0];
      this.ports.onStored();
    } catch (error) {
      if (!this.options.stopping.aborted) await this.#failedWith(error, pack);
    }
  }

  async #pin({root, id, records}: ClaimedPack): Promise<void> {
    const over = new AbortController();
    void this.#keep(root, over);
    try {
      const signal = AbortSignal.any([over.signal, this.options.stopping]);
      const blocks = records.map(({cid, ciphertext}) => ({cid, bytes: ciphertext}));
      const replicas = await this.ports.packs.pin(blocks, {root, id, signal});
      await this.ports.claims.stored({root, replicas});
    } finally {
      over.abort();
    }
  }

  // For as long as it is tried, nobody else takes it up; who has lost it all the same lets it be.
  async #keep(root: string, over: AbortController): Promise<void> {
    const {lease, pause, stopping} = this.options;
    const signal = AbortSignal.any([over.signal, stopping]);
    const goesOn = (): Promise<boolean> =>
      pause(lease.ms / 3, signal).then(
        () => true,
        () => false,
      );
    while (await goesOn()) {
      // A database that is away says nothing of who has it.
      if (!(await this.ports.claims.renew(root, lease).catch(() => true))) over.abort();
    }
  }

  async #failedWith(error: unknown, {root, failures, records}: ClaimedPack): Promise<void> {
    const attempt = failures + 1;
    const {now, lease, onFailure} = this.options;
    this.#restUntilMs = now() + pauseAfter(++this.#failed, MAX_REST_MS);
    const tell = (what: unknown): void => onFailure({error: what, attempt, records: records.length});
    tell(error);
    if (attempt % ALERT_EVERY === 0) await this.#alert(records).catch(tell);
    await this.ports.claims.putBack(root, lease.owner, pauseAfter(attempt, MAX_PAUSE_MS)).catch(tell);
  }

  // [DP step 5] one alert for each patient; the records are kept and tried on.
  async #alert(records: readonly RecordToPack[]): Promise<void> {
    const first = new Map(records.toReversed().map((record) => [record.patient, record]));
    await this.ports.records.alert(
      [...first.values()].map(({patient, recordId, traceparent}) =>
        alertOf('failed', {
          patient,
          subject: fromHex(recordId),
          traceparent,
          raisedAtMs: BigInt(this.options.now()),
          text: 'Readings that were accepted cannot be stored yet. They are not lost; storing goes on being tried.',
        }),
      ),
    );
  }
}
