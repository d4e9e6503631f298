import {decodeCanonical, equalBytes, toHex} from '@vitalvault/contracts';
import {SignedKeySuccessionSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {DeviceConfig, SignedKeySuccession} from '@vitalvault/contracts/gen/record/v1/record';
import type {PublicSigningKey} from '@vitalvault/envelope';
import type {ApiClient} from '../http/api-client.js';
import {JsonAnswer} from '../http/json-answer.js';
import {SdkError} from '../sdk-error.js';
import type {OwnerMemory} from './device-stores.js';
import {followSuccessions, placeOfKey} from './follow-successions.js';

/** The signing keys of a device's owner, as configurations and successions told them. */
export class OwnerKeys {
  constructor(private readonly options: {config: DeviceConfig; api: ApiClient; memory: OwnerMemory}) {}

  /** Public keys (hexadecimal) of the successions that the device knows, in order. */
  async known(): Promise<string[]> {
    const keys = await this.options.memory.ownerKeys();
    return keys.length < this.options.config.successions ? this.learn() : keys;
  }

  /** Asks the gateway, which is not trusted, for the successions after those that are known. */
  async learn(): Promise<string[]> {
    const {config, memory} = this.options;
    const before = await memory.ownerKeys();
    let keys = before;
    for (;;) {
      const page = await this.page(keys.length);
      const next = this.follow(keys, page);
      if (next.length === keys.length) break;
      keys = next;
    }
    const own = config.ownerKey;
    // The configuration says whose key is number `successions`, and it was believed.
    const at = own === undefined ? undefined : placeOfKey(own, config.patient, keys);
    if (at !== config.successions)
      throw new SdkError('config-refused', {detail: 'the gateway shows other successions than the configuration'});
    if (keys.length > before.length) await memory.rememberOwnerKeys(keys);
    return keys;
  }

  /** 0: her first key, n: that of succession n; undefined: none of hers. */
  placeOf(key: PublicSigningKey, keys: readonly string[]): number | undefined {
    const {config} = this.options;
    const isConfigs = config.ownerKey !== undefined && equalBytes(config.ownerKey.publicKey, key.publicKey);
    return isConfigs ? config.successions : placeOfKey(key, config.patient, keys);
  }

  // What the recovery key did not sign is as if the gateway had not said it.
  private follow(keys: string[], page: SignedKeySuccession[]): string[] {
    const {chainId, patient, recoveryKey} = this.options.config;
    if (recoveryKey === undefined) return keys;
    try {
      return followSuccessions(keys, page, {chainId, patient, recoveryKey});
    } catch {
      return keys;
    }
  }

  private async page(after: number): Promise<SignedKeySuccession[]> {
    const {config, api} = this.options;
    const path = `/v1/patients/${toHex(config.patient)}/successions`;
    const answer = new JsonAnswer((await api.get('ingest', path, {query: {after}})).json(), 'successions');
    return answer.bytesList('successions').flatMap((bytes) => {
      try {
        return [decodeCanonical(SignedKeySuccessionSchema, bytes)];
      } catch {
        return [];
      }
    });
  }
}
