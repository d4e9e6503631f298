import type {ObjectStore} from './object-store.js';
import type {Plan} from './plan.js';

/** Claims of volumes that are there, of the validators and of the IPFS peers. */
export type StandingStores = Readonly<Record<'ledger' | 'ipfs', readonly string[]>>;

/**
 * Which volumes of an earlier installation are there: what they hold is of no use beside keys, a genesis or identities
 * that are made anew, whoever took the old ones away (ADR 0057).
 */
export async function standingStores({stores}: Plan, store: ObjectStore): Promise<StandingStores> {
  return {ledger: await standing(stores.ledger, store), ipfs: await standing(stores.ipfs, store)};
}

async function standing(claims: readonly string[], store: ObjectStore): Promise<string[]> {
  const there = await Promise.all(claims.map(async (name) => ((await store.hasClaim(name)) ? [name] : [])));
  return there.flat();
}
