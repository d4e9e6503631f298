import {cometAddress, keyFromCometJson, organisationOf, parseRoleKey, ROLES} from '@vitalvault/genesis';
import type {Organisation} from '@vitalvault/genesis';
import {InstallerError} from '../installer-error.js';
import type {Texts} from './object-store.js';
import type {Plan} from './plan.js';

export interface ValidatorKeys {
  publicKey: Uint8Array;
  /** CometBFT's id of the node. */
  nodeId: string;
}

/** The public parts of all keys of a plan. */
export interface PublicKeys {
  organisations: Organisation[];
  validators: ValidatorKeys[];
}

/** @throws InstallerError for a Secret that does not hold what it should */
export function publicKeys(plan: Plan, secrets: ReadonlyMap<string, Texts>): PublicKeys {
  return {
    organisations: plan.organisations.map(({name, secrets: names}) =>
      organisationOf(
        name,
        ROLES.map((role) => {
          const key = parseRoleKey(role, entry(secrets, names[role], 'key.json'));
          if (key === undefined)
            throw new InstallerError(`Secret ${names[role]}: key.json is no key of the role ${role}.`);
          return key;
        }),
      ),
    ),
    validators: plan.validators.map(({secret}) => ({
      publicKey: cometKey(secrets, secret, 'priv_validator_key.json'),
      nodeId: cometAddress(cometKey(secrets, secret, 'node_key.json')),
    })),
  };
}

function cometKey(secrets: ReadonlyMap<string, Texts>, secret: string, name: string): Uint8Array {
  const key = keyFromCometJson(entry(secrets, secret, name));
  if (key === undefined) throw new InstallerError(`Secret ${secret}: ${name} is no Ed25519 key of CometBFT.`);
  return key.publicKey;
}

function entry(secrets: ReadonlyMap<string, Texts>, secret: string, name: string): string {
  const text = secrets.get(secret)?.[name];
  if (text === undefined) throw new InstallerError(`Secret ${secret} has no entry ${name}.`);
  return text;
}
