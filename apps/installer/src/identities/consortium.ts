import type {Texts} from './object-store.js';
import type {Plan} from './plan.js';
import type {PublicKeys} from './read-keys.js';
import {parseGenesis} from './check-genesis.js';
import {toHex} from '@vitalvault/contracts';

/** Between the genesis and the first start of a validator. */
const FIRST_START_SECONDS = 3_600;

/**
 * What every pod of a release may know of the consortium: entries of the ConfigMap. `peers-<i>` names the other
 * validators of this release as CometBFT's persistent_peers does. `unsigned-until-<i>` is there for a validator whose
 * key
 * has signed nothing on this chain: until then (Unix seconds) a volume without a record of what it signed is its first.
 */
export function consortiumTexts(
  plan: Plan,
  keys: PublicKeys,
  genesis: string,
  unsigned: {readonly validators: readonly boolean[]; readonly now: Date},
): Texts {
  const own = keys.validators.map(({nodeId}, i) => `${nodeId}@${plan.validators[i]?.address ?? ''}`);
  const {chainId, genesis: parsed} = parseGenesis(genesis);
  const until = String(Math.floor(unsigned.now.getTime() / 1_000) + FIRST_START_SECONDS);
  const organisations = parsed.organisations.map(({id, name}) => ({id: toHex(id), name}));
  return {
    'genesis.json': genesis,
    'chain-id': chainId,
    organisation: keys.organisations[plan.ownOrganisation]?.id ?? '',
    'organisations.json': JSON.stringify(organisations) + '\n',
    ...Object.fromEntries(unsigned.validators.flatMap((is, i) => (is ? [[`unsigned-until-${String(i)}`, until]] : []))),
    ...Object.fromEntries(own.map((_, i) => [`peers-${String(i)}`, own.filter((__, j) => j !== i).join(',')])),
  };
}
