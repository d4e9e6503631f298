import type {Texts} from './object-store.js';
import type {Plan} from './plan.js';
import type {PublicKeys} from './read-keys.js';
import {parseGenesis} from './check-genesis.js';
import {toHex} from '@vitalvault/contracts';

/**
 * What every pod of a release may know of the consortium: entries of the ConfigMap. `peers-<i>` names the other
 * validators of this release as CometBFT's persistent_peers does.
 */
export function consortiumTexts(plan: Plan, keys: PublicKeys, genesis: string): Texts {
  const own = keys.validators.map(({nodeId}, i) => `${nodeId}@${plan.validators[i]?.address ?? ''}`);
  const organisations = parseGenesis(genesis).genesis.organisations.map(({id, name}) => ({id: toHex(id), name}));
  return {
    'genesis.json': genesis,
    'chain-id': plan.chainId,
    organisation: keys.organisations[plan.ownOrganisation]?.id ?? '',
    'organisations.json': JSON.stringify(organisations) + '\n',
    ...Object.fromEntries(own.map((_, i) => [`peers-${String(i)}`, own.filter((__, j) => j !== i).join(',')])),
  };
}
