import {LIMITS, encodeCanonical, toHex} from '@vitalvault/contracts';
import {SkipEntrySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {DeviceConfig} from '@vitalvault/contracts/gen/record/v1/record';
import {signSkip} from '@vitalvault/envelope';
import {privateHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import type {VerifiedLedger} from '../ledger/verified-ledger.js';
import type {Reading} from '../open-mhealth/heart-rate.js';
import {SdkError} from '../sdk-error.js';
import type {AsideReading, DeviceStores, PendingRecord} from './device-stores.js';
import type {EpochKeys} from './epoch-keys.js';
import {hourText} from './hour-text.js';
import {lowestOpenNumber} from './lowest-open-number.js';
import {provenRecords} from './proven-records.js';
import type {ReceiptState} from './receipt-state.js';
import type {PostOutcome} from './record-posting.js';
import type {RecordSealer} from './record-sealer.js';
import {sealedUnder} from './sealed-under.js';
import {settledFate} from './settled-fate.js';
import type {KeptRecord, SettledFate} from './settled-fate.js';

export interface SettlementOptions {
  key: StoredKey;
  /** Key id of the device. */
  device: Uint8Array;
  config: DeviceConfig;
  ledger: VerifiedLedger;
  stores: DeviceStores;
  sealer: RecordSealer;
  epochKeys: EpochKeys;
  /** What the gateway says of a number. */
  stateOf: (sequence: bigint, registration: number) => Promise<ReceiptState>;
}

/** What one look at everything that is pending came to. */
export interface Settled {
  /** Proven on the ledger, and forgotten. */
  anchored: {sequence: bigint; state: ReceiptState}[];
  /** On their way. */
  waiting: number;
  /** In the place of refused ones: sealed and kept, not posted yet. */
  resealed: PendingRecord[];
  /** Readings that nothing will take as they are. */
  aside: AsideReading[];
  /** Records that stay for somebody to look at. */
  kept: KeptRecord[];
}

/** Code of ingest's, or name of the ledger's. */
interface Refusal {
  code: string;
  detail: string;
}

interface Claimed {
  record: PendingRecord;
  state: ReceiptState;
}

const ANOTHER_RECORD = 'another-record';
/** Why there is no proof, where another try mends nothing; `unknown-key`: a device that was removed is not let in. */
const UNPROVABLE: ReadonlySet<string> = new Set(['proof-invalid', 'untrusted-header', 'not-yours', 'unknown-key']);

/** Finds out what became of pending records. None is forgotten on anybody's word: its leaf is proven, by its id. */
export class Settlement {
  constructor(private readonly options: SettlementOptions) {}

  /** @param outcomes what ingest said of records just now */
  async settle(outcomes: readonly PostOutcome[]): Promise<Settled> {
    const refusals = new Map(
      outcomes.flatMap((one) => (one.status === 'refused' ? [[one.recordId, one.error] as const] : [])),
    );
    const settled: Settled = {anchored: [], waiting: 0, resealed: [], aside: [], kept: []};
    const claimed: Claimed[] = [];
    await this.skipLost(refusals.values());
    for (const record of await this.options.stores.all()) {
      const stranger = this.strangerOf(record);
      if (stranger !== undefined) settled.kept.push(keptRecord(record, stranger));
      else claimed.push(...(await this.settleOne(record, refusals.get(record.recordId), settled)));
    }
    await this.forgetProven(claimed, settled);
    return settled;
  }

  /** Why the record is none that this device may settle now. */
  private strangerOf(record: PendingRecord): string | undefined {
    return record.custodian === toHex(this.options.ledger.api.organisation) ? undefined : 'other-custodian';
  }

  private async settleOne(record: PendingRecord, refusal: SdkError | undefined, settled: Settled): Promise<Claimed[]> {
    const {config} = this.options;
    const state = await this.stateOrNone(record);
    if (state === 'answer-malformed') {
      settled.kept.push(keptRecord(record, state));
      return [];
    }
    const ownRegistration = record.registration === config.registration;
    const fate = settledFate(record, {state, refusal: refusal?.code, ownRegistration});
    if (fate === 'anchored' && state !== undefined) return [{record, state}];
    if (typeof fate === 'object') settled.kept.push(keptRecord(record, fate.refused));
    else if (fate === ANOTHER_RECORD) settled.kept.push(keptRecord(record, fate));
    else if (fate === 'waiting') settled.waiting += 1;
    else await this.giveUp(record, fate, {why: whyRefused(record, refusal, state), settled});
    return [];
  }

  private async giveUp(
    record: PendingRecord,
    fate: SettledFate,
    {why, settled}: {why: Refusal; settled: Settled},
  ): Promise<void> {
    const isHers = toHex(sealedUnder(record).patient) === toHex(this.options.config.patient);
    // The readings of one are never sealed for another.
    if (!isHers) settled.kept.push(keptRecord(record, 'other-owner'));
    else if (fate === 'set-aside') settled.aside.push(...(await this.setAside(record, why)));
    else {
      const {resealed, aside} = await this.reseal(record, {skip: fate !== 'renumber'});
      settled.resealed.push(...resealed);
      settled.aside.push(...aside);
    }
  }

  /**
   * Seals the plaintext of a record under new numbers and gives the old one up. Broken off at any point and called
   * again, it goes on where it was: the plaintext is never without a place, and never in two that are new.
   */
  async reseal(
    record: PendingRecord,
    {skip}: {skip: boolean},
  ): Promise<{resealed: PendingRecord[]; aside: AsideReading[]}> {
    const {stores, sealer, epochKeys} = this.options;
    const begun = (await stores.all()).filter(({replaces}) => replaces === record.recordId);
    let resealed = begun;
    let aside: AsideReading[] = [];
    if (begun.length === 0) {
      if (!skip) await this.passKnownNumbers(record);
      await epochKeys.refresh(sealedUnder(record).typeTag);
      const {fit, unfit} = await sealer.judge(record.typeName, record.readings);
      aside = unfit.map((one) => this.asideOf(record, one));
      await stores.setAside(aside);
      resealed = (await sealer.seal(record.typeName, fit)).map((one) => ({...one, replaces: record.recordId}));
    }
    for (const one of resealed) await stores.put(one);
    await this.remove(record, {skip});
    return {resealed, aside};
  }

  private async setAside(record: PendingRecord, why: Refusal): Promise<AsideReading[]> {
    const aside = record.readings.map((reading) => this.asideOf(record, {reading, ...why}));
    await this.options.stores.setAside(aside);
    await this.remove(record, {skip: true});
    return aside;
  }

  private asideOf({typeName}: PendingRecord, {reading, code, detail}: Refusal & {reading: Reading}): AsideReading {
    return {typeName, reading, owner: toHex(this.options.config.patient), code, detail};
  }

  // The number first: forgotten before that, it would hold up those behind it for good.
  private async remove(record: PendingRecord, {skip}: {skip: boolean}): Promise<void> {
    // A registration that was removed takes no skips, and its numbers hold up nobody.
    if (skip && record.registration === this.options.config.registration) await this.skip(record);
    await this.options.stores.remove(record.registration, record.sequence);
  }

  private skip(record: PendingRecord): Promise<void> {
    const {typeTag} = sealedUnder(record);
    return this.giveUpNumber({typeTag, sequence: BigInt(record.sequence), tagSequence: BigInt(record.tagSequence)});
  }

  private async giveUpNumber(numbers: {typeTag: Uint8Array; sequence: bigint; tagSequence: bigint}): Promise<void> {
    const {key, ledger, device, config} = this.options;
    const {chainId, patient, registration} = config;
    const entry = signSkip({chainId, patient, device, registration, ...numbers}, privateHalf(key));
    await ledger.api.post('ingest', '/v1/skips', {body: encodeCanonical(SkipEntrySchema, entry), contentType: 'skip'});
  }

  /**
   * A number that was taken and whose record was lost before it was kept holds up those behind it: ingest names the
   * lowest one that is open, and the ledger proves it. When nobody knows a record of it, it is given up.
   */
  private async skipLost(refusals: Iterable<SdkError>): Promise<void> {
    const {config, stores} = this.options;
    const [typeTag = new Uint8Array()] = config.typeTags;
    const named = [...refusals].flatMap(({code, meta}) =>
      code === 'sequence-too-far' && typeof meta['lowestOpen'] === 'string' ? [meta['lowestOpen']] : [],
    );
    const kept = new Set((await stores.all()).map(({registration, sequence}) => `${registration}/${sequence}`));
    for (const lost of new Set(named)) {
      if (!/^\d{1,19}$/.test(lost) || kept.has(`${config.registration}/${lost}`)) continue;
      const state = await this.stateOrNone({sequence: lost, registration: config.registration});
      if (state === undefined && (await this.lowestOpen()) === BigInt(lost))
        await this.giveUpNumber({typeTag, sequence: BigInt(lost), tagSequence: 1n});
    }
  }

  /**
   * A counter that was restored is behind by any number: it goes on above those that the platform has. The ledger's
   * window bounds them, whatever the gateway says.
   */
  private async passKnownNumbers({registration, sequence}: PendingRecord): Promise<void> {
    const {config, stores} = this.options;
    if (registration !== config.registration) return;
    const base = await this.lowestOpen();
    let known = base > BigInt(sequence) ? base - 1n : BigInt(sequence);
    for (let free = base + BigInt(LIMITS.sequenceWindow); known + 1n < free;) {
      const middle = (known + free) / 2n;
      const isKnown = (await this.stateOrNone({registration, sequence: String(middle)})) !== undefined;
      if (isKnown) known = middle;
      else free = middle;
    }
    await stores.raise(registration, known + 1n);
  }

  private lowestOpen(): Promise<bigint> {
    const {ledger, key, device, config} = this.options;
    return lowestOpenNumber({ledger, key}, {device, registration: config.registration});
  }

  private async forgetProven(claimed: readonly Claimed[], settled: Settled): Promise<void> {
    const {ledger, key, stores} = this.options;
    const places = claimed.flatMap(({record, state: {logIndex}}) =>
      logIndex === undefined ? [] : [{patient: toHex(sealedUnder(record).patient), index: logIndex}],
    );
    let proven: (string | undefined)[];
    try {
      proven = await provenRecords({ledger, key}, places);
    } catch (error) {
      if (!(error instanceof SdkError)) throw error;
      const {code} = error;
      if (UNPROVABLE.has(code)) settled.kept.push(...claimed.map(({record}) => keptRecord(record, code)));
      else settled.waiting += claimed.length;
      return;
    }
    for (const {record, state} of claimed) {
      const found = state.logIndex === undefined ? '' : proven.shift();
      if (found === undefined) settled.waiting += 1;
      else if (found !== record.recordId) settled.kept.push(keptRecord(record, ANOTHER_RECORD));
      else {
        await stores.remove(record.registration, record.sequence);
        settled.anchored.push({sequence: BigInt(record.sequence), state});
      }
    }
  }

  // One answer that cannot be read is no reason to leave the other records.
  private async stateOrNone({sequence, registration}: Pick<PendingRecord, 'sequence' | 'registration'>) {
    try {
      return await this.options.stateOf(BigInt(sequence), registration);
    } catch (error) {
      if (error instanceof SdkError && error.code === 'receipt-not-found') return undefined;
      if (error instanceof SdkError && error.code === 'answer-malformed') return error.code;
      throw error;
    }
  }
}

// In hours that people know, not in slots.
function whyRefused(record: PendingRecord, refusal: SdkError | undefined, state: ReceiptState | undefined): Refusal {
  const hour = hourText(sealedUnder(record).slot);
  const said = state?.refusal === undefined ? refusal?.detail : `The ledger refused it: ${state.refusal.name}.`;
  return {code: state?.refusal?.name ?? refusal?.code ?? '', detail: `It is of ${hour}. ${said ?? ''}`.trim()};
}

function keptRecord({registration, sequence, recordId}: PendingRecord, reason: string): KeptRecord {
  return {registration, sequence: BigInt(sequence), recordId, reason};
}
