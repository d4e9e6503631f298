import {toHex} from '@vitalvault/contracts';
import type {PackClaims} from '../../src/application/ports.js';

const EVERYTHING = {records: 10_000, bytes: 1e9};

/** What a packer does of all that waits, in one pack of this name and at once. */
export async function storeAll(claims: PackClaims, root?: string): Promise<void> {
  const rootOf = (_cids: readonly string[], id: Uint8Array): string => root ?? `root ${toHex(id)}`;
  const pack = await claims.claim({owner: 'spec', ms: 60_000}, EVERYTHING, rootOf);
  if (pack !== undefined) await claims.stored({root: pack.root, replicas: 2});
}
