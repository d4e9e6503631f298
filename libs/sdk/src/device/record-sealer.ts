import {ALG_X25519, LIMITS, encodeCanonical, equalBytes, keyId, toHex} from '@vitalvault/contracts';
import {PostedRecordSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {Custodian, DeviceConfig} from '@vitalvault/contracts/gen/record/v1/record';
import {EnvelopeError, framePayload, recordIdOfPosted, sealRecord} from '@vitalvault/envelope';
import type {Environment} from '../environment.js';
import {privateHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import {effectiveTimeMs, faultOfDataPoint} from '../open-mhealth/data-point-check.js';
import type {Reading} from '../open-mhealth/heart-rate.js';
import {schemaByName} from '../open-mhealth/known-schemas.js';
import type {KnownSchema} from '../open-mhealth/known-schemas.js';
import {SdkError} from '../sdk-error.js';
import type {SdkCode} from '../sdk-errors.js';
import type {PendingRecord} from './device-stores.js';
import type {EpochKeys} from './epoch-keys.js';
import {hourText} from './hour-text.js';
import {splitReadings} from './split-readings.js';
import type {ReadingBatch} from './split-readings.js';
import type {UnusedNumbers} from './unused-numbers.js';

export interface SealerOptions {
  key: StoredKey;
  config: DeviceConfig;
  /** Organisation that stores these records; one of the configuration's custodians. */
  organisation: Uint8Array;
  epochs: EpochKeys;
  sequences: UnusedNumbers;
  environment: Environment;
  /** First slot that the registration gives. */
  fromSlot: number;
}

/** A reading that no record may hold, and why; the detail has no value of it. */
export interface UnfitReading {
  reading: Reading;
  code: SdkCode;
  detail: string;
}

export interface JudgedReadings {
  fit: Reading[];
  unfit: UnfitReading[];
}

/**
 * Makes records out of readings: checked by their schema, cut at the hour, sealed under the epoch of their hour,
 * numbered.
 */
export class RecordSealer {
  constructor(private readonly options: SealerOptions) {}

  /**
   * Judges each reading by itself, by the rules of the gateway, the ledger and the reader: schema, plausible value,
   * time, hour of the registration, hour that has come, epoch. No number is taken for one that they would refuse.
   * @param typeName for example "omh:heart-rate"
   * @throws SdkError `unknown-type`, and what asking for epochs throws
   */
  async judge(typeName: string, readings: readonly Reading[]): Promise<JudgedReadings> {
    const {schema, typeTag} = this.typeOf(typeName);
    const judged: JudgedReadings = {fit: [], unfit: []};
    const hours = new Map<number, Omit<UnfitReading, 'reading'> | undefined>();
    for (const reading of readings) {
      const slot = slotOfMs(reading.timeMs);
      const fault = faultOfReading(schema, reading);
      if (fault === undefined && !hours.has(slot)) hours.set(slot, await this.faultOfHour(typeTag, slot));
      const found = fault ?? hours.get(slot);
      if (found === undefined) judged.fit.push(reading);
      else judged.unfit.push({reading, ...found});
    }
    return judged;
  }

  /**
   * @throws SdkError for the first reading that `judge` finds unfit (`schema`, `implausible`, `slot-out-of-range`,
   *   `epoch-missing`): nothing is sealed then and no number taken; `unknown-type`, `record-too-large`
   */
  async seal(typeName: string, readings: readonly Reading[]): Promise<PendingRecord[]> {
    const {unfit} = await this.judge(typeName, readings);
    const [first] = unfit;
    if (first !== undefined) throw new SdkError(first.code, {detail: first.detail});
    const {typeTag} = this.typeOf(typeName);
    const sealed: PendingRecord[] = [];
    for (const batch of splitReadings(readings)) sealed.push(...(await this.sealBatch(typeName, typeTag, batch)));
    return sealed;
  }

  private typeOf(typeName: string): {schema: KnownSchema; typeTag: Uint8Array} {
    const schema = schemaByName(typeName);
    const typeTag = this.tagOf(typeName);
    if (schema === undefined || typeTag === undefined)
      throw new SdkError('unknown-type', {detail: `this device has no type ${typeName}`});
    return {schema, typeTag};
  }

  private async faultOfHour(typeTag: Uint8Array, slot: number): Promise<Omit<UnfitReading, 'reading'> | undefined> {
    const {fromSlot, environment, epochs} = this.options;
    const newest = slotOfMs(environment.now()) + 1;
    if (slot < fromSlot)
      return {
        code: 'slot-out-of-range',
        detail: `It is of ${hourText(slot)}; the device is registered from ${hourText(fromSlot)} on.`,
      };
    if (slot > newest)
      return {
        code: 'slot-out-of-range',
        detail: `It is of ${hourText(slot)}, which is in the future: no hour after ${hourText(newest)} is taken yet.`,
      };
    try {
      await epochs.at(typeTag, slot);
      return undefined;
    } catch (error) {
      if (!(error instanceof SdkError) || error.code !== 'epoch-missing') throw error;
      return {code: error.code, detail: error.detail ?? ''};
    }
  }

  private tagOf(typeName: string): Uint8Array | undefined {
    const {typeNames, typeTags} = this.options.config;
    return typeTags[typeNames.indexOf(typeName)];
  }

  private async sealBatch(typeName: string, typeTag: Uint8Array, batch: ReadingBatch): Promise<PendingRecord[]> {
    try {
      return [await this.sealOne(typeName, typeTag, batch)];
    } catch (error) {
      if (!(error instanceof EnvelopeError) || error.code !== 'too-large') throw error;
      if (batch.readings.length === 1)
        throw new SdkError('record-too-large', {detail: 'a single reading does not fit in 64 KiB', cause: error});
      const half = Math.ceil(batch.readings.length / 2);
      const parts = [batch.readings.slice(0, half), batch.readings.slice(half)].map((readings) => ({
        slot: batch.slot,
        readings,
      }));
      const sealed: PendingRecord[] = [];
      for (const part of parts) sealed.push(...(await this.sealBatch(typeName, typeTag, part)));
      return sealed;
    }
  }

  private async sealOne(typeName: string, typeTag: Uint8Array, {slot, readings}: ReadingBatch): Promise<PendingRecord> {
    const {key, config, epochs, sequences, environment} = this.options;
    const schema = schemaByName(typeName);
    const epoch = await epochs.at(typeTag, slot);
    const encoder = new TextEncoder();
    const payload = {
      schemaId: schema?.id ?? '',
      schemaHash: schema?.hash ?? new Uint8Array(),
      encoding: 1,
      readings: readings.map(({text}) => encoder.encode(text)),
    };
    // Too large is found out before a number is taken: a number that is never sent would be a gap.
    framePayload(payload);
    const {sequence, tagSequence} = await sequences.take(config.registration, toHex(typeTag), 1);
    const posted = await sealRecord({
      header: {
        chainId: config.chainId,
        patient: config.patient,
        registration: config.registration,
        typeTag,
        epoch: epoch.epoch,
        slot,
        sequence,
        tagSequence,
      },
      payload,
      epochPublicKey: epoch.publicKey,
      releasePublicKey: this.custodian().releasePublicKey,
      devicePrivateKey: privateHalf(key),
      random: environment.random,
    });
    return {
      registration: config.registration,
      custodian: toHex(this.options.organisation),
      sequence: String(sequence),
      tagSequence: String(tagSequence),
      typeName,
      recordId: toHex(recordIdOfPosted(posted)),
      posted: toHex(encodeCanonical(PostedRecordSchema, posted)),
      readings,
    };
  }

  private custodian(): Custodian {
    const found = this.options.config.custodians.find(({organisation}) =>
      equalBytes(organisation, this.options.organisation),
    );
    if (
      found === undefined ||
      !equalBytes(keyId({alg: ALG_X25519, publicKey: found.releasePublicKey}), found.releaseKeyId)
    ) {
      throw new SdkError('config-refused', {detail: 'the configuration has no release key of this custodian'});
    }
    return found;
  }
}

const slotOfMs = (timeMs: number): number => Math.floor(timeMs / (LIMITS.slotSeconds * 1000));

/** What every opener would find wrong with it, and what its type cannot be. */
function faultOfReading(schema: KnownSchema, {timeMs, text}: Reading): Omit<UnfitReading, 'reading'> | undefined {
  const fault = faultOfDataPoint(schema.id, text);
  if (fault !== undefined) return {code: 'schema', detail: fault};
  // The hour is cut by the one and checked by the other.
  if (effectiveTimeMs(text) !== timeMs)
    return {code: 'schema', detail: 'Its time is another than the effective time of its data point.'};
  return schema.isPlausible(text) ? undefined : {code: 'implausible', detail: `No ${schema.name} has such a value.`};
}
