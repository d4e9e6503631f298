import {secp256k1} from '@noble/curves/secp256k1.js';
import {x25519} from '@noble/curves/ed25519.js';
import {ALG_ES256K, ALG_X25519, fromHex, keyId, ORG_ROLE, toHex} from '@vitalvault/contracts';
import {join} from 'node:path';
import {readFile} from 'node:fs/promises';
import {LaunchError} from '../launch-error.js';
import {createOnce} from '../process/files.js';

/** Names of the four organisations of a demonstration system. */
export const ORGANISATION_NAMES = ['Hospital North', 'Hospital East', 'Hospital South', 'Laboratory West'] as const;

export type Role = keyof typeof ORG_ROLE;
export const ROLES = Object.keys(ORG_ROLE) as Role[];

export interface OrganisationKey {
  role: Role;
  alg: number;
  publicKey: Uint8Array;
}

export interface Organisation {
  /** Hex of the key id of its admin key. */
  id: string;
  name: string;
  keys: OrganisationKey[];
}

export const keyFile = (dir: string, role: Role): string => join(dir, `${role}.key.json`);

/** Reads an organisation's keys, having made those that do not exist yet, each in a file that only its owner can read. */
export async function loadOrganisation(dir: string, name: string): Promise<Organisation> {
  const keys: OrganisationKey[] = [];
  for (const role of ROLES) {
    await createOnce(keyFile(dir, role), () => newKeyJson(role), 0o600);
    keys.push({role, ...parseKey(keyFile(dir, role), await readFile(keyFile(dir, role), 'utf8'))});
  }
  const admin = keys.find((k) => k.role === 'admin');
  if (admin === undefined) throw new Error('no admin key');
  return {id: toHex(keyId(admin)), name, keys};
}

function newKeyJson(role: Role): string {
  const pair = role === 'release' ? x25519.keygen() : secp256k1.keygen();
  const key = {alg: role === 'release' ? ALG_X25519 : ALG_ES256K, publicKey: toHex(pair.publicKey), privateKey: toHex(pair.secretKey)};
  return JSON.stringify(key) + '\n';
}

function parseKey(file: string, text: string): {alg: number; publicKey: Uint8Array} {
  try {
    const {alg, publicKey} = JSON.parse(text) as {alg: number; publicKey: string};
    return {alg, publicKey: fromHex(publicKey)};
  } catch {
    throw new LaunchError(`${file} is not a key file. It belongs to this system's genesis; without it start afresh with \`make clean\`.`);
  }
}
