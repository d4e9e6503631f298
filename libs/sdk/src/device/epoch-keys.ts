import {decodeCanonical, equalBytes, toHex} from '@vitalvault/contracts';
import {SignedEpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {DeviceConfig, EpochStatement, SignedEpochStatement} from '@vitalvault/contracts/gen/record/v1/record';
import {openEpochStatement} from '@vitalvault/envelope';
import type {ApiClient} from '../http/api-client.js';
import {JsonAnswer} from '../http/json-answer.js';
import {SdkError} from '../sdk-error.js';
import {believedEpochs, highestToShow} from './believed-epochs.js';
import type {OwnersStatement} from './believed-epochs.js';
import type {OwnerMemory} from './device-stores.js';
import {OwnerKeys} from './owner-keys.js';

/** Public keys of a patient's epochs as her device believes them: by her signatures alone, and never back. */
export class EpochKeys {
  private readonly statements = new Map<string, EpochStatement[]>();
  private readonly owner: OwnerKeys;

  constructor(private readonly options: {config: DeviceConfig; api: ApiClient; memory: OwnerMemory}) {
    this.owner = new OwnerKeys(options);
  }

  /** Epoch that covers a slot. @throws SdkError `epoch-missing` */
  async at(typeTag: Uint8Array, slot: number): Promise<EpochStatement> {
    if (!this.statements.has(toHex(typeTag))) await this.refresh(typeTag);
    const covering = this.statements.get(toHex(typeTag))?.findLast(({fromSlot}) => fromSlot <= slot);
    if (covering === undefined)
      throw new SdkError('epoch-missing', {detail: `no epoch of that type covers slot ${slot}`});
    return covering;
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
    const now = believed.map(({statement: {epoch, publicKey}, signer}) => ({
      epoch,
      publicKey: toHex(publicKey),
      signer,
    }));
    const others = seen.filter(({epoch}) => epoch < highest && !now.some((one) => one.epoch === epoch));
    await memory.rememberEpochs(tag, [...others, ...now]);
    this.statements.set(
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
