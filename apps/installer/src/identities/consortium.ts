import type {Texts} from './object-store.js';
import type {Plan} from './plan.js';
import type {PublicKeys} from './read-keys.js';
import {parseGenesis} from './check-genesis.js';
import {toHex} from '@vitalvault/contracts';

/**
 * What every pod of a release may know of the consortium: entries of the ConfigMap. `peers-<i>` names the other
 * validators of this release as CometBFT's persistent_peers does. `unsigned-until-<i>` is there while the keys have
 * signed nothing on this chain: until then (Unix seconds) a volume without a record of what it signed is its first.
 * @param unsignedUntil undefined: they may have signed
 */
export function consortiumTexts(
  plan: Plan,
  keys: PublicKeys,
  genesis: string,
  unsignedUntil: number | undefined,
): Texts {
  const own = keys.validators.map(({nodeId}, i) => `${nodeId}@${plan.validators[i]?.address ?? ''}`);
  const {chainId, genesis: parsed} = parseGenesis(genesis);
  const organisations = parsed.organisations.map(({id, name}) => ({id: toHex(id), name}));
  return {
    'genesis.json': genesis,
    'chain-id': chainId,
    organisation: keys.organisations[plan.ownOrganisation]?.id ?? '',
    'organisations.json': JSON.stringify(organisations) + '\n',
    ...(unsignedUntil !== undefined &&
      Object.fromEntries(own.map((_, i) => [`unsigned-until-${String(i)}`, String(unsignedUntil)]))),
    ...Object.fromEntries(own.map((_, i) => [`peers-${String(i)}`, own.filter((__, j) => j !== i).join(',')])),
  };
}
