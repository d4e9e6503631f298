import {fromHex, keyId, toHex} from '@vitalvault/contracts';
import type {DeviceConfig} from '@vitalvault/contracts/gen/record/v1/record';
import {JsonAnswer} from '../http/json-answer.js';
import {publicHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import type {VerifiedLedger} from '../ledger/verified-ledger.js';
import type {Reading} from '../open-mhealth/heart-rate.js';
import {requireFinite} from '../require-argument.js';
import {SdkError} from '../sdk-error.js';
import type {DeviceStores, PendingRecord} from './device-stores.js';
import {EpochKeys} from './epoch-keys.js';
import {RecordPosting} from './record-posting.js';
import type {PostOutcome} from './record-posting.js';
import type {RecordReceipt} from './record-receipt.js';
import {RecordSealer} from './record-sealer.js';
import type {JudgedReadings} from './record-sealer.js';
import {receiptStateOf} from './receipt-state.js';
import type {ReceiptState} from './receipt-state.js';
import {Settlement} from './settlement.js';
import type {Settled} from './settlement.js';
import {UnusedNumbers} from './unused-numbers.js';

export interface DeviceOptions {
  key: StoredKey;
  /** From `acceptDeviceConfig`. */
  config: DeviceConfig;
  /** By which it proves that its records are anchored; and the services that it calls. */
  ledger: VerifiedLedger;
  stores: DeviceStores;
  /** First slot that its registration gives, from `endorseRegistration`. Default 0: only the gateway knows it. */
  fromSlot?: number | undefined;
}

/** A wearable: seals readings, posts them, keeps them until the ledger has them. It can read nothing that it sent. */
export class Device {
  readonly id: Uint8Array;
  readonly epochKeys: EpochKeys;
  private readonly sealer: RecordSealer;
  private readonly posting: RecordPosting;
  private readonly settlement: Settlement;

  constructor(private readonly options: DeviceOptions) {
    const {key, config, stores, ledger, fromSlot = 0} = options;
    const {api} = ledger;
    this.id = keyId(publicHalf(key));
    this.epochKeys = new EpochKeys({config, api, memory: stores});
    this.sealer = new RecordSealer({
      key,
      config,
      fromSlot,
      organisation: api.organisation,
      epochs: this.epochKeys,
      sequences: new UnusedNumbers(stores),
      environment: api.environment,
    });
    this.posting = new RecordPosting({device: this.id, config, api});
    this.settlement = new Settlement({
      ...{key, config, stores, ledger, device: this.id, sealer: this.sealer, epochKeys: this.epochKeys},
      stateOf: (sequence, registration) => this.state(sequence, registration),
    });
  }

  /**
   * Which readings `seal` would take now, and what is against the others: each is judged by itself.
   * @throws SdkError `unknown-type`
   */
  judge(typeName: string, readings: readonly Reading[]): Promise<JudgedReadings> {
    return this.sealer.judge(typeName, readings);
  }

  /** Seals readings of one type and keeps them as pending; nothing is sent yet, and all or none is sealed. */
  async seal(typeName: string, readings: Reading[]): Promise<PendingRecord[]> {
    const records = await this.sealer.seal(typeName, readings);
    for (const record of records) await this.options.stores.put(record);
    return records;
  }

  /**
   * Posts records, as many in one body as fit, and checks each receipt.
   * Transport faults and busy services are retried; a refusal of a single record is an outcome.
   * @throws SdkError when a whole body is refused or nobody answers; `receipt-invalid`
   */
  post(records: PendingRecord[]): Promise<PostOutcome[]> {
    return this.posting.post(records);
  }

  /**
   * What there is to show for a record by now, its acceptance checked; the patient adds the proof that it is anchored.
   */
  async receipt(sequence: bigint): Promise<RecordReceipt> {
    const {registration, patient} = this.options.config;
    const {recordId, receipt, logIndex} = await this.state(sequence);
    if (receipt === undefined) throw new SdkError('receipt-invalid', {detail: 'ingest gave no receipt'});
    this.posting.checkReceipt(fromHex(receipt), {recordId, sequence, registration});
    return {
      accepted: receipt,
      ...(logIndex === undefined ? {} : {place: {patient: toHex(patient), index: String(logIndex)}}),
    };
  }

  /** How far a record has come, as storage says. */
  async state(sequence: bigint, registration = this.options.config.registration): Promise<ReceiptState> {
    const path = `/v1/receipts/${toHex(this.id)}/${registration}/${sequence}`;
    const answer = await this.options.ledger.api.get('ingest', path);
    return receiptStateOf(new JsonAnswer(answer.json(), 'receipt'));
  }

  /**
   * Asks for every pending record once. Forgets what is proven on the ledger, by its id; seals again what was sealed
   * under something that ended or under a number that another record has; sets aside readings that nothing will take.
   * A number that is not used is given up.
   * @param outcomes what ingest said of records just now
   */
  settle(outcomes: readonly PostOutcome[] = []): Promise<Settled> {
    return this.settlement.settle(outcomes);
  }

  /**
   * Waits until nothing is pending.
   * @throws SdkError `network` after `timeoutMs`; `receipt-invalid` when nothing but records is left that stay for
   *   another reason than time: they are kept
   */
  async settleAll(timeoutMs: number, everyMs = 500): Promise<{sequence: bigint; state: ReceiptState}[]> {
    const {now, sleep} = this.options.ledger.api.environment;
    requireFinite('timeoutMs', timeoutMs, 0);
    const until = now() + timeoutMs;
    const anchored: {sequence: bigint; state: ReceiptState}[] = [];
    let outcomes: PostOutcome[] = [];
    for (;;) {
      const round = await this.settle(outcomes);
      anchored.push(...round.anchored);
      outcomes = round.resealed.length > 0 ? await this.post(round.resealed) : [];
      if (round.waiting === 0 && round.resealed.length === 0) {
        const [kept] = round.kept;
        if (kept === undefined) return anchored;
        throw new SdkError('receipt-invalid', {detail: `record ${kept.sequence} is kept: ${kept.reason}`});
      }
      if (now() > until)
        throw new SdkError('network', {detail: `${round.waiting} records are not anchored after ${timeoutMs} ms`});
      await sleep(everyMs);
    }
  }

  /** Posts every pending record of this custodian again: the same bytes get the same receipt. */
  async repost(): Promise<PostOutcome[]> {
    const {stores, ledger} = this.options;
    const here = toHex(ledger.api.organisation);
    return this.post((await stores.all()).filter(({custodian}) => custodian === here));
  }
}
