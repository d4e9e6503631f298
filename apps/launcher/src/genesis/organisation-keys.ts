import {newRoleKeyJson, organisationOf, parseRoleKey, ROLES} from '@vitalvault/genesis';
import type {Organisation, OrganisationKey, Role} from '@vitalvault/genesis';
import {join} from 'node:path';
import {LaunchError} from '../launch-error.js';
import {createOnce, readPrivate} from '../process/files.js';

/** Names of the four organisations of a demonstration system. */
export const ORGANISATION_NAMES = ['Hospital North', 'Hospital East', 'Hospital South', 'Laboratory West'] as const;

export const keyFile = (dir: string, role: Role): string => join(dir, `${role}.key.json`);

/**
 * Reads an organisation's keys, having made those that do not exist yet, each in a file that only its owner can read.
 */
export async function loadOrganisation(dir: string, name: string): Promise<Organisation> {
  const keys: OrganisationKey[] = [];
  for (const role of ROLES) {
    const file = keyFile(dir, role);
    await createOnce(file, () => newRoleKeyJson(role), 0o600);
    const key = parseRoleKey(role, await readPrivate(file));
    if (key === undefined)
      throw new LaunchError(
        `${file} is not a key file. It belongs to this system's genesis; without it start afresh with \`make clean\`.`,
      );
    keys.push(key);
  }
  return organisationOf(name, keys);
}
