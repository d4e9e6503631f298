import {ALG_ES256K, ALG_X25519, equalBytes, isEncryptionKey, keyId, ORG_ROLE} from '@vitalvault/contracts';
import type {OrganisationRole} from '@vitalvault/contracts';
import type {GenesisKey, GenesisOrganisation, GenesisValidator} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {demand} from './demand.js';
import {isEd25519Key, isSecp256k1Key} from './usable-keys.js';

const NODE_ID_BYTES = 20;
const MOST_KEYS = 64;
const MOST_NODES = 64;
const MOST_NAME_BYTES = 100;
/** Not a letter, mark, digit, punctuation, symbol or plain blank: what a screen hides or turns round. */
const HIDDEN = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u;
const ROLES = Object.entries(ORG_ROLE) as [OrganisationRole, number][];

/**
 * Whether an organisation of a genesis is whole: a name that people can read, an id that is its admin key's, keys that
 * work, and all roles when it validates or keeps records.
 * @throws InvalidGenesisError
 */
export function checkOrganisation({id, name, keys, validators, nodes}: GenesisOrganisation): void {
  demand(name.length > 0, 'an organisation has no name');
  demand(
    new TextEncoder().encode(name).length <= MOST_NAME_BYTES && !HIDDEN.test(name) && name.trim() === name,
    `the name of an organisation is longer than ${MOST_NAME_BYTES} bytes, or has characters that cannot be seen`,
  );
  demand(keys.length <= MOST_KEYS, `${name} has more than ${MOST_KEYS} keys`);
  for (const key of keys) checkKey(name, key);
  const admin = keys.find(({role}) => role === ORG_ROLE.admin)?.key;
  demand(admin !== undefined && equalBytes(keyId(admin), id), `the id of ${name} is not that of its first admin key`);
  const keeps = keys.some(({role}) =>
    [ORG_ROLE.ingest, ORG_ROLE.storage, ORG_ROLE.release].includes(role as 3 | 4 | 6),
  );
  if (validators.length > 0 || keeps) {
    const missing = ROLES.filter(([, role]) => !keys.some((key) => key.role === role)).map(([of]) => of);
    demand(missing.length === 0, `${name} validates or keeps records and has no key of the role ${missing.join(', ')}`);
  }
  for (const validator of validators) checkValidator(name, validator);
  demand(nodes.length <= MOST_NODES, `${name} has more than ${MOST_NODES} further nodes`);
  demand(nodes.every(isNodeId), `a node id of ${name} is not ${NODE_ID_BYTES} bytes`);
}

function checkKey(name: string, {key, role, fromSlot, toSlot}: GenesisKey): void {
  const of = ROLES.find(([, number]) => number === role)?.[0];
  demand(key !== undefined && of !== undefined, `a key of ${name} has no known role`);
  const works =
    of === 'release'
      ? key.alg === ALG_X25519 && isEncryptionKey(key.publicKey)
      : key.alg === ALG_ES256K && isSecp256k1Key(key.publicKey);
  demand(works, `the ${of} key of ${name} is none that works`);
  demand(toSlot === 0 || fromSlot <= toSlot, `the ${of} key of ${name} ends before it begins`);
}

function checkValidator(name: string, {publicKey, power, nodeId}: GenesisValidator): void {
  demand(isEd25519Key(publicKey), `a validator of ${name} has no Ed25519 key that works`);
  demand(power >= 1n, `a validator of ${name} has no power`);
  demand(isNodeId(nodeId), `a validator of ${name} has no node id of ${NODE_ID_BYTES} bytes`);
}

const isNodeId = (bytes: Uint8Array): boolean => bytes.length === NODE_ID_BYTES && bytes.some((byte) => byte !== 0);
