import {ORG_ROLE, keyId, toHex} from '@vitalvault/contracts';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {ConfigError, readOwnKey} from '@vitalvault/process';
import type {ReleaseKey} from './application/release-keys.js';

/**
 * Every release key of this organisation, also those that ended or have not begun: ingest acknowledges what is sealed
 * to any of them that is in force, so a policy service that lacks one could never release it.
 * @param own.organisation hexadecimal id
 * @throws ConfigError for a file that holds none of them, and for one that no file holds
 */
export function readReleaseKeys(
  files: readonly string[],
  own: {readonly genesis: Genesis; readonly organisation: string},
): ReleaseKey[] {
  const keys = files.map((file) => {
    const {alg, publicKey, privateKey} = readOwnKey('release', file, own);
    return {id: keyId({alg, publicKey}), privateKey};
  });
  const held = new Set(keys.map(({id}) => toHex(id)));
  const named = own.genesis.organisations
    .filter(({id}) => toHex(id) === own.organisation)
    .flatMap((organisation) => organisation.keys)
    .flatMap(({key, role}) => (key !== undefined && role === ORG_ROLE.release ? [toHex(keyId(key))] : []));
  const missing = named.filter((id) => !held.has(id));
  if (missing.length > 0)
    throw new ConfigError([
      `VITALVAULT_RELEASE_KEY_FILE: no file holds release key ${missing.join(', ')} of the genesis; what is sealed to it could never be released`,
    ]);
  return keys;
}
