import {ORG_ROLE, equalBytes, toHex} from '@vitalvault/contracts';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {ServiceKey} from './key-file.js';

/** A key file that is not the organisation's according to the ledger. */
export class ForeignKeyError extends Error {
  override readonly name = 'ForeignKeyError';
}

/**
 * @throws ForeignKeyError unless the genesis names the key for this organisation in this role: nobody would accept what
 * it does.
 */
export function checkOwnKey(
  key: Pick<ServiceKey, 'publicKey'>,
  place: {genesis: Genesis; organisation: string; role: keyof typeof ORG_ROLE},
): void {
  const own = place.genesis.organisations.find(({id}) => toHex(id) === place.organisation);
  const found = own?.keys.some(
    (entry) =>
      entry.role === ORG_ROLE[place.role] && entry.key !== undefined && equalBytes(entry.key.publicKey, key.publicKey),
  );
  if (found !== true)
    throw new ForeignKeyError(`the ${place.role} key is not one of this organisation's in the genesis`);
}
