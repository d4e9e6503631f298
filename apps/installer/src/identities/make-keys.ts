import {
  generateEd25519,
  newIpfsIdentities,
  newRoleKeyJson,
  nodeKeyJson,
  privValidatorKeyJson,
  ROLES,
} from '@vitalvault/genesis';
import {randomBytes} from 'node:crypto';
import type {Texts} from './object-store.js';
import type {Plan} from './plan.js';

/** A Secret that a plan wants, and how it is made when it is not there. */
export interface WantedSecret {
  name: string;
  /** For people. */
  what: string;
  /** Beside what no other can take its place: a ledger whose genesis names its public part, or what peers stored. */
  of: 'ledger' | 'ipfs' | undefined;
  make: () => Texts;
}

/** Every Secret of a plan. Whether a given genesis or this plan's own is meant makes no difference to them. */
export function wantedSecrets(plan: Plan): WantedSecret[] {
  const roles = plan.organisations.flatMap((organisation) =>
    ROLES.map((role) => ({
      name: organisation.secrets[role],
      what: `${role} key of ${organisation.name}`,
      of: 'ledger' as const,
      make: () => ({'key.json': newRoleKeyJson(role)}),
    })),
  );
  const validators = plan.validators.map(({secret}, i) => ({
    name: secret,
    what: `keys of validator ${String(i)}`,
    of: 'ledger' as const,
    make: () => ({
      'priv_validator_key.json': privValidatorKeyJson(generateEd25519()),
      'node_key.json': nodeKeyJson(generateEd25519()),
    }),
  }));
  const ipfs = {
    name: plan.ipfs.secret,
    what: 'identities and secrets of the IPFS peers',
    of: 'ipfs' as const,
    make: () => ({'identities.json': JSON.stringify(newIpfsIdentities(plan.ipfs.peers.length)) + '\n'}),
  };
  const passwords = plan.passwords.map(({secret, key}) => ({
    name: secret,
    what: `password ${secret}`,
    of: undefined,
    make: () => ({[key]: randomBytes(24).toString('base64url')}),
  }));
  return [...roles, ...validators, ipfs, ...passwords];
}
