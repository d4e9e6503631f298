import {ALG_X25519, encodeCanonical, equalBytes, keyId, toHex} from '@vitalvault/contracts';
import {PostedRecordSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {Custodian, DeviceConfig} from '@vitalvault/contracts/gen/record/v1/record';
import {EnvelopeError, framePayload, recordIdOfPosted, sealRecord} from '@vitalvault/envelope';
import type {Environment} from '../environment.js';
import {privateHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import {faultOfDataPoint} from '../open-mhealth/data-point-check.js';
import type {Reading} from '../open-mhealth/heart-rate.js';
import {schemaByName} from '../open-mhealth/known-schemas.js';
import {SdkError} from '../sdk-error.js';
import type {PendingRecord, SequenceStore} from './device-stores.js';
import type {EpochKeys} from './epoch-keys.js';
import {splitReadings} from './split-readings.js';
import type {ReadingBatch} from './split-readings.js';

export interface SealerOptions {
  key: StoredKey;
  config: DeviceConfig;
  /** Organisation that stores these records; one of the configuration's custodians. */
  organisation: Uint8Array;
  epochs: EpochKeys;
  sequences: SequenceStore;
  environment: Environment;
}

/**
 * Makes records out of readings: checked by their schema, cut at the hour, sealed under the epoch of their hour,
 * numbered.
 */
export class RecordSealer {
  constructor(private readonly options: SealerOptions) {}

  /**
   * @param typeName for example "omh:heart-rate"
   * @throws SdkError `schema` for a reading that is none (nothing is sealed then), `unknown-type`, `epoch-missing`,
   *   `record-too-large`
   */
  async seal(typeName: string, readings: Reading[]): Promise<PendingRecord[]> {
    const schema = schemaByName(typeName);
    const typeTag = this.tagOf(typeName);
    if (schema === undefined || typeTag === undefined)
      throw new SdkError('unknown-type', {detail: `this device has no type ${typeName}`});
    for (const {text} of readings) {
      const fault = faultOfDataPoint(schema.id, text);
      if (fault !== undefined) throw new SdkError('schema', {detail: fault});
    }
    const sealed: PendingRecord[] = [];
    for (const batch of splitReadings(readings)) sealed.push(...(await this.sealBatch(typeName, typeTag, batch)));
    return sealed;
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
