import {fromHex} from '@vitalvault/contracts';
import {alertOf} from '../domain/alerts.js';
import type {PackStore, RecordStore, RecordToPack} from './ports.js';

export interface PackOptions {
  readonly maxRecords: number;
  readonly maxBytes: number;
  /** Packs that are pinned at the same time. */
  readonly lanes: number;
  readonly now: () => number;
  /** Waits before an attempt is repeated; rejects when the process stops. */
  readonly pause: (milliseconds: number) => Promise<void>;
  /** Runs a pack inside a span that links to its records. */
  readonly trace: (records: readonly RecordToPack[], run: () => Promise<void>) => Promise<void>;
  readonly onFailure: (failure: {error: unknown; attempt: number; records: number}) => void;
}

const ALERT_AFTER_ATTEMPTS = 5;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 10_000;

/**
 * Gathers accepted records into packs and pins them (D-30). A record stays in the table until its pack is pinned on
 * enough peers.
 */
export class PackRecords {
  readonly #taken = new Set<string>();
  readonly #lanes = new Set<Promise<void>>();

  constructor(
    private readonly options: PackOptions,
    private readonly ports: {records: RecordStore; packs: PackStore; onStored: () => void},
  ) {}

  /** Takes one pack and starts pinning it; waits while every lane is busy. @returns whether there may be more */
  async execute(): Promise<boolean> {
    while (this.#lanes.size >= this.options.lanes) await Promise.race(this.#lanes);
    const records = await this.ports.records.toPack(
      {records: this.options.maxRecords, bytes: this.options.maxBytes},
      this.#taken,
    );
    if (records.length === 0) return false;
    for (const {recordId} of records) this.#taken.add(recordId);
    const lane = this.#pinUntilDone(records).finally(() => {
      for (const {recordId} of records) this.#taken.delete(recordId);
      this.#lanes.delete(lane);
    });
    this.#lanes.add(lane);
    return true;
  }

  /** Waits for the packs in hand. */
  async drain(): Promise<void> {
    await Promise.all(this.#lanes);
  }

  async #pinUntilDone(records: readonly RecordToPack[]): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.options.trace(records, () => this.#pin(records));
        return;
      } catch (error) {
        this.options.onFailure({error, attempt, records: records.length});
        if (attempt === ALERT_AFTER_ATTEMPTS)
          await this.#alert(records).catch((failure: unknown) => {
            this.options.onFailure({error: failure, attempt, records: records.length});
          });
        const stopped = await this.options.pause(Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1))).then(
          () => false,
          () => true,
        );
        if (stopped) return;
      }
    }
  }

  async #pin(records: readonly RecordToPack[]): Promise<void> {
    const {root, replicas} = await this.ports.packs.pin(records.map(({cid, ciphertext}) => ({cid, bytes: ciphertext})));
    await this.ports.records.markStored({root, replicas, recordIds: records.map(({recordId}) => recordId)});
    this.ports.onStored();
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
