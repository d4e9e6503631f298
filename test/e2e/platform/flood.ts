import {setTimeout as pause} from 'node:timers/promises';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {registerDevice} from './actors.js';
import type {Office, PatientActor} from './actors.js';
import {CraftedRecords, RECORDS, many} from './crafted-records.js';

/** An owner's, by the defaults of ingest. */
export const QUOTA = {ownerBurst: 1_024, ownerRefillPerSecond: 64};
/** A device may send 16 a second: so many of hers could send twice what their owner may. */
const DEVICES = 8;
export const BODY = 16;

export interface Refused {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly retryAfterSeconds: number;
}

/** What ingest said to a body. */
export async function post(url: string, records: PostedRecord[]): Promise<Refused | undefined> {
  const response = await fetch(`${url}/v1/records`, {
    method: 'POST',
    body: Buffer.from(many(records)),
    headers: {'content-type': RECORDS},
    signal: AbortSignal.timeout(30_000),
  });
  const text = await response.text();
  if (response.status === 202) return undefined;
  const {code = '', detail = ''} = JSON.parse(text) as {code?: string; detail?: string};
  return {status: response.status, code, detail, retryAfterSeconds: Number(response.headers.get('retry-after'))};
}

/** One owner whose devices post without a pause for what they are told: bodies of 16, so many of them a second. */
export class Flood {
  #going = true;
  #running: Promise<unknown> = Promise.resolve();
  /** Records with a receipt. */
  readonly accepted: PostedRecord[] = [];
  readonly refused: Refused[] = [];
  #began = 0;
  /** What each device posted and nobody took: a number that is left out holds up those behind it. */
  readonly #bodies: PostedRecord[][] = [];

  private constructor(private readonly devices: readonly CraftedRecords[]) {}

  static async of(office: Office, owner: PatientActor, slot: number): Promise<Flood> {
    const devices: CraftedRecords[] = [];
    for (let i = 0; i < DEVICES; i++)
      devices.push(new CraftedRecords(await registerDevice(office, owner, slot - 50), slot - 1));
    return new Flood(devices);
  }

  /** Seconds that it has gone on. */
  get seconds(): number {
    return (performance.now() - this.#began) / 1_000;
  }

  /** The next numbers of a device, first those that it posted and nobody took: no number is left out. */
  next(records: number, device = 0): PostedRecord[] {
    const of = this.devices[device];
    if (of === undefined) throw new RangeError(`no device ${device}`);
    const untaken = this.#bodies[device]?.splice(0, records) ?? [];
    return [...untaken, ...Array.from({length: records - untaken.length}, () => of.next())];
  }

  /** Posts `recordsPerSecond` in all, to the replicas in turn, until `end`. */
  begin(urls: readonly string[], recordsPerSecond: number): void {
    [this.#going, this.#began] = [true, performance.now()];
    const everyMs = (1_000 * BODY * DEVICES) / recordsPerSecond;
    this.#running = Promise.all(this.devices.map((_, device) => this.#post(urls, {device, everyMs})));
  }

  async end(): Promise<void> {
    this.#going = false;
    await this.#running;
  }

  // What was refused is sent again as it is: it costs no signature, and a device of good faith does so too.
  async #post(urls: readonly string[], {device, everyMs}: {device: number; everyMs: number}): Promise<void> {
    for (let turn = device; this.#going; turn++) {
      const due = performance.now() + everyMs;
      const body = this.next(BODY, device);
      const refused = await post(urls[turn % urls.length] ?? '', body);
      if (refused === undefined) this.accepted.push(...body);
      else {
        this.refused.push(refused);
        this.#bodies[device] = body;
      }
      await pause(Math.max(0, due - performance.now()));
    }
  }
}
