import {decodeCanonical, equalBytes, fromHex, toHex} from '@vitalvault/contracts';
import {SignedEpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {DeviceConfig, EpochStatement, SignedEpochStatement} from '@vitalvault/contracts/gen/record/v1/record';
import {openEpochStatement} from '@vitalvault/envelope';
import type {ApiClient} from '../http/api-client.js';
import {JsonAnswer} from '../http/json-answer.js';
import {SdkError, isAway} from '../sdk-error.js';
import {believedEpochs, highestToShow} from './believed-epochs.js';
import type {OwnersStatement} from './believed-epochs.js';
import type {OwnerMemory} from './device-stores.js';
import {hourText} from './hour-text.js';
import {OwnerKeys} from './owner-keys.js';

/** What sealing needs of an epoch. */
export type KnownEpoch = Pick<EpochStatement, 'epoch' | 'publicKey' | 'fromSlot'>;

/** Public keys of a patient's epochs as her device believes them: by her signatures alone, and never back. */
export class EpochKeys {
  private readonly epochs = new Map<string, KnownEpoch[]>();
  private readonly owner: OwnerKeys;

  constructor(private readonly options: {config: DeviceConfig; api: ApiClient; memory: OwnerMemory}) {
    this.owner = new OwnerKeys(options);
  }

  /**
   * Epoch that covers a slot. While no gateway answers, of those that the device believed before: what is sealed under
   * one that ended meanwhile is sealed anew.
   * @throws SdkError `epoch-missing`; `network` when it never believed any
   */
  async at(typeTag: Uint8Array, slot: number): Promise<KnownEpoch> {
    if (!this.epochs.has(toHex(typeTag))) await this.refreshOrRecall(typeTag);
    const covering = this.epochs.get(toHex(typeTag))?.findLast(({fromSlot}) => fromSlot <= slot);
    if (covering === undefined)
      throw new SdkError('epoch-missing', {
        detail: `It is of ${hourText(slot)}; she has no key of that type for then.`,
      });
    return covering;
  }

  private async refreshOrRecall(typeTag: Uint8Array): Promise<void> {
    try {
      await this.refresh(typeTag);
    } catch (error) {
      const seen = await this.options.memory.epochs(toHex(typeTag));
      if (!(error instanceof SdkError && isAway(error)) || seen.length === 0) throw error;
      const known = seen.map(({epoch, publicKey, fromSlot}) => ({epoch, fromSlot, publicKey: fromHex(publicKey)}));
      this.epochs.set(
        toHex(typeTag),
        known.sort((a, b) => a.epoch - b.epoch),
      );
    }
  }

  /** Fetches the statements of a tag anew, through the gateway, which is not trusted. */
  async refresh(typeTag: Uint8Array): Promise<void> {
    const {config, api, memory} = this.options;
    const tag = toHex(typeTag);
    const path = `/v1/patients/${toHex(config.patient)}/epoch-statements`;
    const answer = new JsonAnswer((await api.get('ingest', path, {query: {typeTag: tag}})).json(), 'epoch-statements');
    const signed = answer.bytesList('statements').flatMap((bytes) => this.readable(bytes, typeTag));
    // Who signed what may be a key that the device has not heard of yet.
    const strange = (keys: readonly string[]): boolean =>
      signed.some(({by}) => this.owner.placeOf(by, keys) === undefined);
    let keys = await this.owner.known();
    if (strange(keys)) keys = await this.owner.learn();
    const statements = signed.flatMap(({statement, by}): OwnersStatement[] => {
      const signer = this.owner.placeOf(by, keys);
      return signer === undefined ? [] : [{statement, signer}];
    });
    const seen = await memory.epochs(tag);
    const believed = believedEpochs(statements, seen, keys.length);
    const highest = believed.at(-1)?.statement.epoch ?? 0;
    const known = highestToShow(seen, believed, keys.length);
    if (highest < known)
      throw new SdkError('epoch-missing', {
        detail: `the gateway shows epoch ${highest}, epoch ${known} is known: it hides the newest`,
      });
    const now = believed.map(({statement: {epoch, publicKey, fromSlot}, signer}) => ({
      epoch,
      publicKey: toHex(publicKey),
      fromSlot,
      signer,
    }));
    const others = seen.filter(({epoch}) => epoch < highest && !now.some((one) => one.epoch === epoch));
    await memory.rememberEpochs(tag, [...others, ...now]);
    this.epochs.set(
      tag,
      believed.map(({statement}) => statement),
    );
  }

  private readable(
    bytes: Uint8Array,
    typeTag: Uint8Array,
  ): {statement: EpochStatement; by: NonNullable<SignedEpochStatement['signature']>}[] {
    const {config} = this.options;
    try {
      const signed = decodeCanonical(SignedEpochStatementSchema, bytes);
      if (signed.signature === undefined) return [];
      const statement = openEpochStatement(signed, signed.signature);
      const fits =
        statement.chainId === config.chainId &&
        equalBytes(statement.patient, config.patient) &&
        equalBytes(statement.typeTag, typeTag);
      return fits ? [{statement, by: signed.signature}] : [];
    } catch {
      // What nobody signed is as if the gateway had not said it.
      return [];
    }
  }
}
