import {toHex} from '@vitalvault/contracts';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {recordIdOfPosted} from '@vitalvault/envelope';
import {HEART_RATE} from '@vitalvault/sdk';
import {eventually} from '@vitalvault/testkit';
import {setTimeout as pause} from 'node:timers/promises';
import {ledgerOf, readingsOf, registerDevice} from '../e2e/platform/actors.js';
import type {Journal} from '../e2e/platform/journal.js';
import type {Platform} from '../e2e/platform/platform.js';
import {Reader} from '../e2e/platform/reader.js';
import {Ward} from '../e2e/platform/ward.js';

/** Below a device's quota, with the workers of a ward. */
const PAUSE_MS = 400;
const WORKERS = 2;
const TURN_MS = 300;
const POST_MS = 120_000;
const PATIENCE_MS = 15_000;
/** A hospital's notify may just have been started again. */
const LIST_MS = 60_000;
const LIST_PAGE = 1_000;
/** In which what was acknowledged has to be on the ledger, once all that was broken is mended. */
const SETTLE_MS = 120_000;

/** One patient with devices and a reader, all of good faith, who write down what they see. */
export class Load {
  #going = true;
  #held: PromiseWithResolvers<undefined> | undefined;
  #busy = 0;
  #work: Promise<unknown> = Promise.resolve();
  readonly #accepted: PostedRecord[] = [];
  /** Ids of the alerts that she was shown, and the number of the last of them. */
  readonly #shown: string[] = [];
  #seen = '0';
  /** When its devices got receipts, Unix milliseconds. */
  readonly taken: number[] = [];
  /** What they were told instead of a receipt, and when, Unix milliseconds. */
  readonly refusals: {readonly at: number; readonly told: string}[] = [];
  /** Answers that are neither a receipt nor "later": no client of good faith should see one. */
  readonly unexpected: string[] = [];

  private constructor(
    readonly ward: Ward,
    private readonly journal: Journal,
    private readonly reader: Reader,
  ) {}

  /** Enrols them, and has a device post what the reader can open: the workers' records are random inside. */
  static async open(platform: Platform, journal: Journal): Promise<Load> {
    const ward = await Ward.open(platform);
    const slot = ward.now - 20;
    const load = new Load(ward, journal, new Reader(ward, ledgerOf(platform, 1), journal, slot));
    const {device} = await registerDevice(ward.office, ward.owner, ward.now - 50);
    const sealed = await device.seal(HEART_RATE, readingsOf(slot, 20));
    const sent = Date.now();
    await device.post(sealed);
    await device.settleAll(60_000);
    for (const {recordId} of sealed) load.#write(recordId, sent, Date.now());
    return load;
  }

  begin(): void {
    this.#work = Promise.all([...Array.from({length: WORKERS}, () => this.#wear()), this.#consult()]);
  }

  /** @returns when nothing of this load is under way any more; `goOn` ends it */
  async hold(): Promise<void> {
    this.#held ??= Promise.withResolvers<undefined>();
    while (this.#busy > 0) await pause(50);
  }

  goOn(): void {
    this.#held?.resolve(undefined);
    this.#held = undefined;
  }

  /** Posts and reads no more; a record that has no answer yet is posted until it has one, or for so long. */
  async end(): Promise<void> {
    this.#going = false;
    this.goOn();
    await this.#work;
  }

  /** Everything that was acknowledged is on the ledger. @throws for one that is not after so long */
  async settled(patienceMs = SETTLE_MS): Promise<void> {
    for (const posted of this.#accepted.splice(0)) {
      await eventually(
        async () => {
          const state = await this.ward.stateOf(posted);
          if (state !== 'anchored') throw new Error(`a record with a receipt is ${state}`);
        },
        patienceMs,
        250,
      );
    }
  }

  /** When keys came to the reader, Unix milliseconds. */
  get opened(): readonly number[] {
    return this.reader.opened;
  }

  /** Writes down all that she was shown, and is now. @throws when she cannot be answered for so long */
  async list(patienceMs = LIST_MS): Promise<void> {
    let sent = 0;
    const last = (): Promise<void> => {
      sent = Date.now();
      return this.#look();
    };
    await eventually(last, patienceMs, 1_000);
    const about = {patient: this.ward.owner.keys.patient, sent, answered: Date.now()};
    this.journal.write({act: 'list', ...about, alerts: this.#shown});
  }

  /** Has her alerts delivered there too. */
  async deliverTo(url: string): Promise<void> {
    const webhooks = [{url, secret: 'of a chaos run, no secret'}];
    const {ledger, keys} = this.ward.owner;
    await ledger.api.put('notify', '/v1/channels', {signer: keys.signing, body: {webhooks}});
  }

  /** Posts one record until it has its receipt, or for so long. */
  async post(patienceMs = POST_MS): Promise<void> {
    const posted = this.ward.records.next();
    const [id, sent] = [toHex(recordIdOfPosted(posted)), Date.now()];
    let receipt: string | undefined;
    for (const until = sent + patienceMs; (receipt = await this.#receiptOf(posted)) === undefined;) {
      if (Date.now() > until) {
        this.#write(id, sent, null);
        return;
      }
      await pause(PAUSE_MS);
    }
    const answered = Date.now();
    this.#accepted.push(posted);
    this.taken.push(answered);
    this.#write(id, sent, answered, receipt);
  }

  turn(): Promise<void> {
    return this.reader.turn();
  }

  async #wear(): Promise<void> {
    while (this.#going) await this.#once(() => this.post(), PAUSE_MS);
  }

  async #consult(): Promise<void> {
    const turn = async (): Promise<void> => {
      await this.turn();
      await this.#look().catch(() => undefined);
    };
    while (this.#going) await this.#once(turn, TURN_MS);
  }

  /** Asks for her alerts behind the last that she was shown, as her phone does. */
  async #look(): Promise<void> {
    for (;;) {
      const page = await this.ward.owner.log.alerts(this.#seen, LIST_PAGE);
      const last = page.at(-1);
      if (last === undefined) return;
      this.#shown.push(...page.map(({id}) => id));
      this.#seen = last.seq;
    }
  }

  async #once(work: () => Promise<void>, pauseMs: number): Promise<void> {
    await this.#held?.promise;
    this.#busy += 1;
    await work().finally(() => (this.#busy -= 1));
    await pause(pauseMs);
  }

  /** What was answered as a receipt, hexadecimal; an answer that broke off is none, and the record is posted again. */
  async #receiptOf(posted: PostedRecord): Promise<string | undefined> {
    const response = await this.ward.post(posted, PATIENCE_MS).catch(() => undefined);
    const text = await response?.text().catch(() => undefined);
    if (response === undefined || text === undefined) {
      this.refusals.push({at: Date.now(), told: 'no answer'});
      return undefined;
    }
    if (response.status === 202) return (JSON.parse(text) as {records: {receipt?: string}[]}).records[0]?.receipt ?? '';
    this.#refused(response.status, text);
    return undefined;
  }

  #refused(status: number, text: string): void {
    this.refusals.push({at: Date.now(), told: `${status} ${codeIn(text)}`});
    if (status !== 503 && status !== 429) this.unexpected.push(`${status} ${text}`);
  }

  #write(record: string, sent: number, answered: number | null, receipt?: string): void {
    const outcome = answered === null ? 'unknown' : 'accepted';
    const about = {act: 'post', patient: this.ward.owner.keys.patient, record, sent, answered, outcome} as const;
    this.journal.write({...about, ...(receipt === undefined ? {} : {receipt})});
  }
}

/** The code of a problem. @spec docs/errors.md */
const codeIn = (text: string): string => /"code":"([a-z-]+)"/.exec(text)?.[1] ?? 'without a code';
