import {toHex} from '@vitalvault/contracts';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {recordIdOfPosted} from '@vitalvault/envelope';
import {setTimeout as pause} from 'node:timers/promises';
import type pg from 'pg';
import {enrolPatient, registerDevice} from '../../../test/e2e/platform/actors.js';
import type {Office} from '../../../test/e2e/platform/actors.js';
import {CraftedRecords} from '../../../test/e2e/platform/crafted-records.js';
import {post} from '../../../test/e2e/platform/flood.js';

/** How often storage's table is asked what is anchored: as fine are the times of it. */
const LOOK_MS = 50;
/** What is not anchored so long after the last post was lost, and the row fails. */
const PATIENCE_MS = 120_000;

/** Milliseconds of each record, from its post to its receipt and to its leaf. */
export interface Times {
  readonly accepted: readonly number[];
  readonly anchored: readonly number[];
}

/** Many owners with one device each, who post one record after the other, all of them together so many a second. */
export class SteadyLoad {
  private constructor(
    private readonly devices: readonly CraftedRecords[],
    private readonly urls: readonly string[],
    private readonly database: pg.Client,
  ) {}

  static async open(
    office: Office,
    {owners, slot, urls, database}: {owners: number; slot: number; urls: readonly string[]; database: pg.Client},
  ): Promise<SteadyLoad> {
    const devices: CraftedRecords[] = [];
    for (let i = 0; i < owners; i++) {
      const device = await registerDevice(office, await enrolPatient(office, slot - 100), slot - 50);
      devices.push(new CraftedRecords(device, slot - 1));
    }
    return new SteadyLoad(devices, urls, database);
  }

  /**
   * Open loop: a record is due at its time whatever became of those before, and its wait counts from then.
   * @throws Error when one is refused, or not anchored in the end
   */
  async run(recordsPerSecond: number, seconds: number): Promise<Times> {
    const records = this.#signed(Math.round(recordsPerSecond * seconds));
    const anchored = new AnchoredTimes(this.database);
    const accepted: number[] = [];
    const began = performance.now();
    await Promise.all(
      records.map(async ({record, id}, n) => {
        const due = began + (n * 1_000) / recordsPerSecond;
        await pause(Math.max(0, due - performance.now()));
        anchored.await(id, due);
        const refused = await post(this.urls[n % this.urls.length] ?? '', [record]);
        if (refused !== undefined) throw new Error(`one of the others was refused: ${JSON.stringify(refused)}`);
        accepted.push(performance.now() - due);
      }),
    ).finally(() => anchored.last());
    return {accepted, anchored: await anchored.all()};
  }

  /** Records a second that are anchored when so many are offered at once: what there is to have. */
  async capacity(records: number): Promise<number> {
    const anchored = new AnchoredTimes(this.database);
    const waiting = this.#signed(records);
    const began = performance.now();
    const worker = async (n: number): Promise<void> => {
      for (let next = waiting.splice(0, 25); next.length > 0; next = waiting.splice(0, 25)) {
        for (const {id} of next) anchored.await(id, began);
        const body = next.map(({record}) => record);
        for (let refused = await post(this.urls[n] ?? '', body); refused !== undefined;) {
          await pause(refused.retryAfterSeconds * 1_000);
          refused = await post(this.urls[n] ?? '', body);
        }
      }
    };
    await Promise.all(this.urls.map((_, n) => worker(n))).finally(() => anchored.last());
    return (1_000 * records) / Math.max(...(await anchored.all()));
  }

  // Signed before the clock runs: what a device spends is none of ours.
  #signed(count: number): {record: PostedRecord; id: string}[] {
    return Array.from({length: count}, (_, n) => {
      const record = (this.devices[n % this.devices.length] as CraftedRecords).next();
      return {record, id: toHex(recordIdOfPosted(record))};
    });
  }
}

/** When storage's table shows that records are anchored. */
class AnchoredTimes {
  readonly #due = new Map<string, number>();
  readonly #times: number[] = [];
  #lastAtMs = Number.POSITIVE_INFINITY;
  readonly #done: Promise<void>;

  constructor(private readonly database: pg.Client) {
    this.#done = this.#look();
    this.#done.catch(() => undefined);
  }

  await(id: string, dueMs: number): void {
    this.#due.set(id, dueMs);
  }

  last(): void {
    this.#lastAtMs = performance.now();
  }

  async all(): Promise<number[]> {
    await this.#done;
    return this.#times;
  }

  async #look(): Promise<void> {
    for (;;) {
      await pause(LOOK_MS);
      const {rows} = await this.database.query<{record_id: string}>(
        'SELECT record_id FROM records WHERE record_id = ANY($1) AND state = 3',
        [[...this.#due.keys()]],
      );
      const nowMs = performance.now();
      for (const {record_id: id} of rows) {
        this.#times.push(nowMs - (this.#due.get(id) ?? nowMs));
        this.#due.delete(id);
      }
      if (nowMs > this.#lastAtMs && this.#due.size === 0) return;
      if (nowMs > this.#lastAtMs + PATIENCE_MS) throw new Error(`${String(this.#due.size)} records are not anchored`);
    }
  }
}
