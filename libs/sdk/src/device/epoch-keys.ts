import {decodeCanonical, equalBytes, toHex} from '@vitalvault/contracts';
import {SignedEpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {DeviceConfig, EpochStatement} from '@vitalvault/contracts/gen/record/v1/record';
import {openEpochStatement} from '@vitalvault/envelope';
import type {ApiClient} from '../http/api-client.js';
import {JsonAnswer} from '../http/json-answer.js';
import {SdkError} from '../sdk-error.js';
import type {EpochMemory} from './device-stores.js';

/** Public keys of a patient's epochs as her device believes them: by her signature alone, and never back. */
export class EpochKeys {
  private readonly statements = new Map<string, EpochStatement[]>();

  constructor(private readonly options: {config: DeviceConfig; api: ApiClient; memory: EpochMemory}) {}

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
    const path = `/v1/patients/${toHex(config.patient)}/epoch-statements`;
    const answer = new JsonAnswer(
      (await api.get('ingest', path, {query: {typeTag: toHex(typeTag)}})).json(),
      'epoch-statements',
    );
    const statements = answer
      .bytesList('statements')
      .flatMap((bytes) => this.believed(bytes, typeTag))
      .toSorted((a, b) => a.epoch - b.epoch);
    const highest = statements.at(-1)?.epoch ?? 0;
    const known = await memory.highest(toHex(typeTag));
    if (highest < known)
      throw new SdkError('epoch-missing', {
        detail: `the gateway shows epoch ${highest}, epoch ${known} is known: it hides the newest`,
      });
    if (highest > known) await memory.remember(toHex(typeTag), highest);
    this.statements.set(toHex(typeTag), statements);
  }

  private believed(bytes: Uint8Array, typeTag: Uint8Array): EpochStatement[] {
    const {config} = this.options;
    try {
      const signed = decodeCanonical(SignedEpochStatementSchema, bytes);
      if (config.ownerKey === undefined) return [];
      const statement = openEpochStatement(signed, config.ownerKey);
      const fits =
        statement.chainId === config.chainId &&
        equalBytes(statement.patient, config.patient) &&
        equalBytes(statement.typeTag, typeTag);
      return fits ? [statement] : [];
    } catch {
      // What the owner did not sign is as if the gateway had not said it.
      return [];
    }
  }
}
