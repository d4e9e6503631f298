import {LIMITS, decodeCanonical, encodeCanonical, equalBytes, fromHex, keyId, toHex} from '@vitalvault/contracts';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {PostedRecordSchema, PostedRecordsSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {DeviceConfig} from '@vitalvault/contracts/gen/record/v1/record';
import {SkipEntrySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {openAccepted, signSkip} from '@vitalvault/envelope';
import type {ApiClient} from '../http/api-client.js';
import {JsonAnswer} from '../http/json-answer.js';
import {problemError} from '../http/problem.js';
import {privateHalf, publicHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import type {Reading} from '../open-mhealth/heart-rate.js';
import {requireFinite} from '../require-argument.js';
import {SdkError} from '../sdk-error.js';
import type {OwnerMemory, PendingRecord, PendingStore, SequenceStore} from './device-stores.js';
import {EpochKeys} from './epoch-keys.js';
import {RecordSealer} from './record-sealer.js';
import {receiptStateOf} from './receipt-state.js';
import type {RecordReceipt} from './record-receipt.js';
import type {ReceiptState} from './receipt-state.js';
import {settledFate} from './settled-fate.js';
import type {KeptRecord} from './settled-fate.js';
import {UnusedNumbers} from './unused-numbers.js';

export interface DeviceOptions {
  key: StoredKey;
  /** From `acceptDeviceConfig`. */
  config: DeviceConfig;
  api: ApiClient;
  sequences: SequenceStore;
  pending: PendingStore;
  owner: OwnerMemory;
}

/** What ingest said about one posted record. */
export type PostOutcome = {recordId: string; sequence: bigint} & (
  | {
      status: 'accepted' | 'duplicate';
      acceptedAtMs: number;
      /** Canonical SignedAccepted, hexadecimal. */ receipt: string;
    }
  | {status: 'refused'; error: SdkError}
);

/** A wearable: seals readings, posts them, keeps them until the ledger has them. It can read nothing that it sent. */
export class Device {
  readonly id: Uint8Array;
  readonly epochKeys: EpochKeys;
  private readonly sealer: RecordSealer;

  constructor(private readonly options: DeviceOptions) {
    const {key, config, api} = options;
    this.id = keyId(publicHalf(key));
    this.epochKeys = new EpochKeys({config, api, memory: options.owner});
    this.sealer = new RecordSealer({
      key,
      config,
      organisation: api.organisation,
      epochs: this.epochKeys,
      sequences: new UnusedNumbers(options),
      environment: api.environment,
    });
  }

  /** Seals readings of one type and keeps them as pending; nothing is sent yet. */
  async seal(typeName: string, readings: Reading[]): Promise<PendingRecord[]> {
    const records = await this.sealer.seal(typeName, readings);
    for (const record of records) await this.options.pending.put(record);
    return records;
  }

  /**
   * Posts records, as many in one body as fit, and checks each receipt.
   * Transport faults and busy services are retried; a refusal of a single record is an outcome.
   * @throws SdkError when a whole body is refused or nobody answers; `receipt-invalid`
   */
  async post(records: PendingRecord[]): Promise<PostOutcome[]> {
    const outcomes: PostOutcome[] = [];
    for (const body of bodiesOf(records)) outcomes.push(...(await this.postBody(body)));
    return outcomes;
  }

  private async postBody(records: PendingRecord[]): Promise<PostOutcome[]> {
    try {
      return await this.postWhole(records);
    } catch (error) {
      // An operator may allow fewer at once than the protocol's default.
      if (!(error instanceof SdkError && error.code === 'too-many-records') || records.length === 1) throw error;
      const half = Math.ceil(records.length / 2);
      return [...(await this.postBody(records.slice(0, half))), ...(await this.postBody(records.slice(half)))];
    }
  }

  private async postWhole(records: PendingRecord[]): Promise<PostOutcome[]> {
    const answer = await this.options.api.post('ingest', '/v1/records', {
      body: encodeCanonical(PostedRecordsSchema, {
        records: records.map(({posted}) => decodeCanonical(PostedRecordSchema, fromHex(posted))),
      }),
      contentType: 'records',
    });
    const items = new JsonAnswer(answer.json(), 'records').list('records');
    if (items.length !== records.length)
      throw new SdkError('answer-malformed', {detail: 'ingest answered for another number of records'});
    return records.map((record, i) => this.outcomeOf(record, new JsonAnswer(items[i], 'record')));
  }

  private outcomeOf({recordId, sequence, registration}: PendingRecord, answer: JsonAnswer): PostOutcome {
    const status = answer.text('status');
    const known = {recordId, sequence: BigInt(sequence)};
    if (status !== 'accepted' && status !== 'duplicate') {
      const problem = answer.raw('problem');
      return {
        ...known,
        status: 'refused',
        error: problemError(
          typeof problem === 'object' && problem !== null ? (problem as Record<string, unknown>) : {},
        ),
      };
    }
    const receipt = answer.bytes('receipt');
    const acceptedAtMs = this.checkReceipt(receipt, {...known, registration});
    return {...known, status, acceptedAtMs, receipt: toHex(receipt)};
  }

  /** Time of acceptance (Unix milliseconds) by a receipt that the custodian's ingest signed for exactly this record. */
  private checkReceipt(bytes: Uint8Array, record: Pick<KeptRecord, 'recordId' | 'sequence' | 'registration'>): number {
    const {config, api} = this.options;
    const ingestKey = config.custodians.find(({organisation}) => equalBytes(organisation, api.organisation))?.ingestKey;
    try {
      if (ingestKey === undefined) throw new RangeError('no ingest key of this custodian in the configuration');
      const accepted = openAccepted(decodeCanonical(SignedAcceptedSchema, bytes), ingestKey);
      const fits =
        accepted.chainId === config.chainId &&
        equalBytes(accepted.organisation, api.organisation) &&
        equalBytes(accepted.device, this.id) &&
        accepted.registration === record.registration &&
        accepted.sequence === record.sequence &&
        toHex(accepted.recordId) === record.recordId;
      if (!fits) throw new RangeError('it speaks of another record');
      return Number(accepted.acceptedAtMs);
    } catch (cause) {
      throw new SdkError('receipt-invalid', {detail: cause instanceof Error ? cause.message : 'not a receipt', cause});
    }
  }

  /**
   * What there is to show for a record by now, its acceptance checked; the patient adds the proof that it is anchored.
   */
  async receipt(sequence: bigint): Promise<RecordReceipt> {
    const {recordId, receipt, logIndex} = await this.state(sequence);
    if (receipt === undefined) throw new SdkError('receipt-invalid', {detail: 'ingest gave no receipt'});
    this.checkReceipt(fromHex(receipt), {recordId, sequence, registration: this.options.config.registration});
    return {
      accepted: receipt,
      ...(logIndex === undefined
        ? {}
        : {place: {patient: toHex(this.options.config.patient), index: String(logIndex)}}),
    };
  }

  /** How far a record has come, as storage says. */
  async state(sequence: bigint, registration = this.options.config.registration): Promise<ReceiptState> {
    const path = `/v1/receipts/${toHex(this.id)}/${registration}/${sequence}`;
    return receiptStateOf(new JsonAnswer((await this.options.api.get('ingest', path)).json(), 'receipt'));
  }

  /**
   * Asks for every pending record once: forgets what is anchored, seals again under new numbers what was finally
   * refused (and skips the old number). An answer counts only when it names this very record.
   * @param refused codes by which ingest refused records just now, by record id: nothing is to be waited for
   * @returns how many are anchored and waiting, the records that replace refused ones, sealed but not posted, and those
   *   that stay for another reason than that the ledger takes its time
   */
  async settle(
    refused: ReadonlyMap<string, string> = new Map(),
  ): Promise<{
    anchored: {sequence: bigint; state: ReceiptState}[];
    waiting: number;
    resealed: PendingRecord[];
    kept: KeptRecord[];
  }> {
    const anchored: {sequence: bigint; state: ReceiptState}[] = [];
    const resealed: PendingRecord[] = [];
    const kept: KeptRecord[] = [];
    let waiting = 0;
    for (const record of await this.options.pending.all()) {
      const {recordId, registration} = record;
      const sequence = BigInt(record.sequence);
      const state = await this.stateOrNone(record);
      const fate = state === 'answer-malformed' ? state : settledFate(record, state);
      const reason = refused.get(recordId);
      if (fate === 'anchored') {
        await this.options.pending.remove(registration, record.sequence);
        anchored.push({sequence, state: state as ReceiptState});
      } else if (fate === 'reseal') {
        resealed.push(...(await this.reseal(record)));
      } else if (fate !== 'waiting' || (state === undefined && reason !== undefined)) {
        kept.push({registration, sequence, recordId, reason: reason ?? fate});
      } else {
        waiting += 1;
      }
    }
    return {anchored, waiting, resealed, kept};
  }

  /**
   * Waits until nothing is pending.
   * @throws SdkError `network` after `timeoutMs`; `receipt-invalid` when nothing but records is left about whose
   *   numbers the gateway says something else: they are kept
   */
  async settleAll(timeoutMs: number, everyMs = 500): Promise<{sequence: bigint; state: ReceiptState}[]> {
    const {now, sleep} = this.options.api.environment;
    requireFinite('timeoutMs', timeoutMs, 0);
    const until = now() + timeoutMs;
    const anchored: {sequence: bigint; state: ReceiptState}[] = [];
    for (;;) {
      const round = await this.settle();
      anchored.push(...round.anchored);
      if (round.resealed.length > 0) await this.post(round.resealed);
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

  /** Posts every pending record again: the same bytes get the same receipt. */
  async repost(): Promise<PostOutcome[]> {
    return this.post(await this.options.pending.all());
  }

  /**
   * What ingest refused though the readings are good: an epoch or release key that ended meanwhile, a number that
   * another record has (a restored counter). Sealed again, not posted. Other refusals stay pending for somebody to look
   * at.
   */
  async recover(outcomes: PostOutcome[]): Promise<PendingRecord[]> {
    const fresh: PendingRecord[] = [];
    for (const outcome of outcomes) {
      const code = outcome.status === 'refused' ? outcome.error.code : undefined;
      const record = (await this.options.pending.all()).find(({recordId}) => recordId === outcome.recordId);
      if (record === undefined) continue;
      if (code === 'unknown-epoch' || code === 'unknown-release-key') fresh.push(...(await this.reseal(record)));
      // The number is used, so there is nothing to give up.
      if (code === 'sequence-conflict') fresh.push(...(await this.reseal(record, {skip: false})));
    }
    return fresh;
  }

  /**
   * Seals the plaintext of a refused record under new numbers and gives the old one up. Broken off at any point and
   * called again, it goes on where it was: the plaintext is never without a pending record, and never in two that are
   * new.
   */
  async reseal(record: PendingRecord, {skip = true}: {skip?: boolean} = {}): Promise<PendingRecord[]> {
    const {pending, config} = this.options;
    const tag = config.typeTags[config.typeNames.indexOf(record.typeName)] ?? new Uint8Array(16);
    const begun = (await pending.all()).filter(
      ({replaces, registration}) => replaces === record.sequence && registration === record.registration,
    );
    if (begun.length === 0) await this.epochKeys.refresh(tag);
    const fresh =
      begun.length > 0
        ? begun
        : (await this.sealer.seal(record.typeName, record.readings)).map((one) => ({
            ...one,
            replaces: record.sequence,
          }));
    for (const one of fresh) await pending.put(one);
    if (skip) await this.skip(record, tag);
    await pending.remove(record.registration, record.sequence);
    return fresh;
  }

  private async skip(record: PendingRecord, typeTag: Uint8Array): Promise<void> {
    const {config, key, api} = this.options;
    const entry = signSkip(
      {
        chainId: config.chainId,
        patient: config.patient,
        device: this.id,
        registration: record.registration,
        sequence: BigInt(record.sequence),
        typeTag,
        tagSequence: BigInt(record.tagSequence),
      },
      privateHalf(key),
    );
    await api.post('ingest', '/v1/skips', {body: encodeCanonical(SkipEntrySchema, entry), contentType: 'skip'});
  }

  // One answer that cannot be read is no reason to leave the other records.
  private async stateOrNone(record: PendingRecord): Promise<ReceiptState | 'answer-malformed' | undefined> {
    try {
      return await this.state(BigInt(record.sequence), record.registration);
    } catch (error) {
      if (error instanceof SdkError && error.code === 'receipt-not-found') return undefined;
      if (error instanceof SdkError && error.code === 'answer-malformed') return error.code;
      throw error;
    }
  }
}

/** As many of one device go at once by default (docs/protocol.md §3.3). */
const RECORDS_AT_ONCE = 256;

/** Records in runs whose bodies stay below 1 MiB, and below what a device may send at once. */
function bodiesOf(records: PendingRecord[]): PendingRecord[][] {
  const bodies: PendingRecord[][] = [];
  let room = 0;
  for (const record of records) {
    const bytes = record.posted.length / 2 + 8;
    if (bytes > room || bodies.at(-1)?.length === RECORDS_AT_ONCE) {
      bodies.push([]);
      room = LIMITS.postBodyBytes;
    }
    bodies.at(-1)?.push(record);
    room -= bytes;
  }
  return bodies;
}
