import {decodeCanonical, equalBytes, NotCanonicalError, ORG_ROLE, toHex} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {Organisation} from '@vitalvault/genesis';
import {InstallerError} from '../installer-error.js';
import type {PublicKeys} from './read-keys.js';
import type {Plan} from './plan.js';

/**
 * Whether a genesis is the one for these keys: chain id, every organisation of the plan with all its role keys, every
 * validator under its organisation.
 * @throws InstallerError that names all that differs
 */
export function checkGenesis(plan: Plan, keys: PublicKeys, text: string): void {
  const {chainId, genesis} = parseGenesis(text);
  const faults = chainId === plan.chainId ? [] : [`it is of the chain ${chainId}, the release of ${plan.chainId}`];
  faults.push(...keys.organisations.flatMap((organisation) => organisationFaults(organisation, genesis)));
  keys.validators.forEach(({publicKey}, i) => {
    const owner = keys.organisations[plan.validators[i]?.organisation ?? -1]?.id;
    const named = genesis.organisations.find((o) => o.validators.some((v) => equalBytes(v.publicKey, publicKey)));
    if (named === undefined)
      faults.push(`validator ${String(i)} (Secret ${plan.validators[i]?.secret ?? ''}) is not in it`);
    else if (toHex(named.id) !== owner) faults.push(`validator ${String(i)} belongs to ${named.name} in it`);
  });
  if (faults.length > 0)
    throw new InstallerError(
      `The genesis does not fit the keys of this release:\n${faults.map((fault) => `  ${fault}`).join('\n')}\nA genesis is for ever: put the keys back that it was made with, or take another namespace or release name for another chain.`,
    );
}

function organisationFaults({id, name, keys}: Organisation, genesis: Genesis): string[] {
  const named = genesis.organisations.find((o) => toHex(o.id) === id);
  if (named === undefined) return [`${name} (${id}) is not in it`];
  return keys
    .filter(
      (key) =>
        !named.keys.some(
          (k) => k.role === ORG_ROLE[key.role] && k.key !== undefined && equalBytes(k.key.publicKey, key.publicKey),
        ),
    )
    .map((key) => `the ${key.role} key of ${name} is another one in it`);
}

/** @throws InstallerError when it is none of ours */
export function parseGenesis(text: string): {chainId: string; genesis: Genesis} {
  try {
    const {chain_id: chainId, app_state: state} = JSON.parse(text) as {chain_id?: unknown; app_state?: unknown};
    if (typeof chainId === 'string' && typeof state === 'string')
      return {chainId, genesis: decodeCanonical(GenesisSchema, Buffer.from(state, 'base64'))};
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof NotCanonicalError)) throw error;
  }
  throw new InstallerError('The genesis is not a VitalVault genesis document.');
}
