import {ORG_ROLE, equalBytes, toHex} from '@vitalvault/contracts';
import type {OrganisationRole} from '@vitalvault/contracts';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {ConfigError} from '../config/config-error.js';
import {variableOf} from '../config/variable-of.js';
import {readKeyFile} from './read-key-file.js';
import type {ServiceKey} from './read-key-file.js';

/**
 * The key of a role from its file, which must be this organisation's: nobody would accept what another key signs or
 * opens, so a process with one must not come up.
 * @param own.organisation hexadecimal id
 * @throws ConfigError as readKeyFile, and unless the genesis names the key for this organisation in this role
 */
export function readOwnKey(
  role: OrganisationRole,
  file: string,
  own: {readonly genesis: Genesis; readonly organisation: string},
): ServiceKey {
  const key = readKeyFile(role, file);
  const named = own.genesis.organisations
    .find(({id}) => toHex(id) === own.organisation)
    ?.keys.some(
      (entry) =>
        entry.role === ORG_ROLE[role] && entry.key !== undefined && equalBytes(entry.key.publicKey, key.publicKey),
    );
  if (named !== true)
    throw new ConfigError([
      `${variableOf(`${role}KeyFile`)}: the genesis does not name this key as a ${role} key of this organisation`,
    ]);
  return key;
}
