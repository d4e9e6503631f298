// Posts bodies of sealed records at a pace, as the devices of many patients would; told what by its parent process.
import {decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {DeviceConfigSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {recordIdOfPosted} from '@vitalvault/envelope';
import {privateHalf} from '@vitalvault/sdk';
import {randomBytes} from 'node:crypto';
import {setTimeout as pause} from 'node:timers/promises';
import {NativeSecp256k1} from '../../../apps/ingest/src/adapters/secp256k1/native-secp256k1.js';
import {CraftedRecords, RECORDS, many} from '../../../test/e2e/platform/crafted-records.js';
import {READINGS_OF_RECORD, RECORDS_OF_BODY} from './load-order.js';
import type {LoadOrder, LoadRate, LoadReport} from './load-order.js';

const SAY_MS = 250;
const MOST_IN_FLIGHT = 16;
const POLL_MS = 50;
const POST_MS = 30_000;

type Counts = {-readonly [K in keyof LoadReport]: LoadReport[K]} & {
  refused: Record<string, number>;
  answeredMs: number[];
  anchoredMs: number[];
};
const nothing = (): Counts => ({accepted: 0, refused: {}, answeredMs: [], anchoredMs: []});

/** The devices of one process. */
class Load {
  #counts = nothing();
  #rate = 0;
  #inFlight = 0;
  #bodies = 0;
  readonly #makers: readonly (() => PostedRecord)[];

  constructor(private readonly order: LoadOrder) {
    const secp256k1 = new NativeSecp256k1();
    this.#makers = order.devices.map(({key, config: hex}) => {
      const config = decodeCanonical(DeviceConfigSchema, fromHex(hex));
      const records = new CraftedRecords({key, config}, order.slot);
      const signer = secp256k1.signer({publicKey: fromHex(key.publicKey), privateKey: privateHalf(key)});
      return () => {
        const ciphertext = Uint8Array.from(randomBytes(order.ciphertextBytes));
        const made = records.next({count: READINGS_OF_RECORD}, {ciphertext, signature: new Uint8Array()});
        return {...made, signature: Uint8Array.from(signer.sign(recordIdOfPosted(made)))};
      };
    });
  }

  take(): LoadReport {
    const counts = this.#counts;
    this.#counts = nothing();
    return counts;
  }

  go({recordsPerSecond}: LoadRate): void {
    this.#rate = recordsPerSecond;
  }

  /** For ever: a body of one device after the other, each when its time has come and few are under way. */
  async run(): Promise<void> {
    for (let dueMs = performance.now(); ;) {
      const now = performance.now();
      // What was held back is not made up for in one burst.
      dueMs = Math.max(dueMs, now - 1_000);
      if (this.#rate === 0 || this.#inFlight >= MOST_IN_FLIGHT || dueMs > now) {
        await pause(this.#rate === 0 ? POLL_MS : Math.min(POLL_MS, Math.max(1, dueMs - now)));
        continue;
      }
      dueMs += (RECORDS_OF_BODY * 1_000) / this.#rate;
      this.#inFlight += 1;
      void this.#body(this.#bodies++).finally(() => (this.#inFlight -= 1));
      // Between two bodies, answers are read.
      await pause(0);
    }
  }

  async #body(place: number): Promise<void> {
    const make =
      this.#makers[place % this.#makers.length] ??
      (() => {
        throw new Error('no device');
      });
    const records = Array.from({length: RECORDS_OF_BODY}, make);
    const url = this.order.ingest[place % this.order.ingest.length] ?? '';
    const body = many(records);
    const began = performance.now();
    while (!(await this.#taken(url, body)));
    this.#counts.accepted += records.length;
    this.#counts.answeredMs.push(performance.now() - began);
    const [first] = records;
    if (place % this.order.followedEvery === 0 && first !== undefined) void this.#follow(first, began);
  }

  async #taken(url: string, body: Uint8Array<ArrayBuffer>): Promise<boolean> {
    const response = await fetch(`${url}/v1/records`, {
      method: 'POST',
      body,
      headers: {'content-type': RECORDS},
      signal: AbortSignal.timeout(POST_MS),
    }).catch(() => undefined);
    const text = (await response?.text().catch(() => '')) ?? '';
    if (response?.status === 202) return true;
    const code = /"code":"([^"]+)"/.exec(text)?.[1] ?? '';
    const why = `${response?.status ?? 'no answer'} ${code}`;
    this.#counts.refused[why] = (this.#counts.refused[why] ?? 0) + 1;
    await pause(Number(response?.headers.get('retry-after') ?? 1) * 1_000);
    return false;
  }

  async #follow(record: PostedRecord, began: number): Promise<void> {
    const url = `${this.order.storage}/v1/records/${toHex(recordIdOfPosted(record))}/status`;
    for (;;) {
      const response = await fetch(url).catch(() => undefined);
      const answer = (await response?.json().catch(() => undefined)) as {state?: string} | undefined;
      if (answer?.state === 'anchored') break;
      await pause(POLL_MS);
    }
    this.#counts.anchoredMs.push(performance.now() - began);
  }
}

process.once('message', (order: LoadOrder) => {
  const load = new Load(order);
  process.on('message', (rate: LoadRate) => load.go(rate));
  setInterval(() => process.send?.(load.take()), SAY_MS);
  process.send?.('ready');
  void load.run();
});
process.once('disconnect', () => process.exit(0));
