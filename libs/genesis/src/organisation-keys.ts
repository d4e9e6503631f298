import {secp256k1} from '@noble/curves/secp256k1.js';
import {x25519} from '@noble/curves/ed25519.js';
import {algorithmOf, fromHex, keyId, ORG_ROLE, toHex} from '@vitalvault/contracts';
import type {OrganisationRole} from '@vitalvault/contracts';

export type Role = OrganisationRole;
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

/** Text of a fresh `<role>.key.json`. */
export function newRoleKeyJson(role: Role): string {
  const pair = role === 'release' ? x25519.keygen() : secp256k1.keygen();
  return (
    JSON.stringify({alg: algorithmOf(role), publicKey: toHex(pair.publicKey), privateKey: toHex(pair.secretKey)}) + '\n'
  );
}

/** The public part of a `<role>.key.json`; undefined when the text is none. */
export function parseRoleKey(role: Role, text: string): OrganisationKey | undefined {
  try {
    const {alg, publicKey} = JSON.parse(text) as {alg: number; publicKey: string};
    return alg === algorithmOf(role) ? {role, alg, publicKey: fromHex(publicKey)} : undefined;
  } catch {
    return undefined;
  }
}

/** An organisation is named by its admin key. */
export function organisationOf(name: string, keys: OrganisationKey[]): Organisation {
  const admin = keys.find((key) => key.role === 'admin');
  if (admin === undefined) throw new Error(`${name} has no admin key`);
  return {id: toHex(keyId(admin)), name, keys};
}

/** Index of the organisation that runs validator i of n, when `organisations` of them share the validators. */
export function organisationOfValidator(i: number, validators: number, organisations: number): number {
  return i % Math.min(validators, organisations);
}
