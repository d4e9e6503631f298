import {equalBytes, ORG_ROLE, toHex} from '@vitalvault/contracts';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {isChainOf} from '@vitalvault/genesis';
import type {Organisation} from '@vitalvault/genesis';
import {MalformedError, parseGenesis as readGenesis} from '@vitalvault/light-client';
import type {ParsedGenesis} from '@vitalvault/light-client';
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
  const faults = isChainOf(plan.chainId, chainId)
    ? []
    : [`it is of the chain ${chainId}, the release of ${plan.chainId}`];
  faults.push(...keys.organisations.flatMap((organisation) => organisationFaults(organisation, genesis)));
  keys.validators.forEach(({publicKey, nodeId}, i) => {
    const owner = keys.organisations[plan.validators[i]?.organisation ?? -1]?.id;
    const named = genesis.organisations.find((o) => o.validators.some((v) => equalBytes(v.publicKey, publicKey)));
    if (named === undefined)
      faults.push(`validator ${String(i)} (Secret ${plan.validators[i]?.secret ?? ''}) is not in it`);
    else if (toHex(named.id) !== owner) faults.push(`validator ${String(i)} belongs to ${named.name} in it`);
    else if (!named.validators.some((v) => equalBytes(v.publicKey, publicKey) && toHex(v.nodeId) === nodeId))
      faults.push(`validator ${String(i)} has another node id in it than ${nodeId}: the others would not let it in`);
  });
  const inGenesis = genesis.organisations.flatMap(({validators}) => validators).length;
  if (plan.mode === 'local' && inGenesis > plan.validators.length)
    faults.push(
      `it names ${String(inGenesis)} validators, the release has ${String(plan.validators.length)}: those left out would be missed`,
    );
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

/** @throws InstallerError when it is none that the ledger starts from */
export function parseGenesis(text: string): ParsedGenesis {
  try {
    return readGenesis(text);
  } catch (error) {
    if (!(error instanceof MalformedError)) throw error;
    throw new InstallerError(`The genesis cannot be used: ${error.message}.`);
  }
}
