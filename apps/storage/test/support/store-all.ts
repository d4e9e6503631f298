import type {PackClaims} from '../../src/application/ports.js';

const EVERYTHING = {records: 10_000, bytes: 1e9};

/** What a packer does of all that waits, in one pack of this name and at once. */
export async function storeAll(claims: PackClaims, root = 'root'): Promise<void> {
  const pack = await claims.claim({owner: 'spec', ms: 60_000}, EVERYTHING, () => root);
  if (pack !== undefined) await claims.stored({root, replicas: 2});
}
