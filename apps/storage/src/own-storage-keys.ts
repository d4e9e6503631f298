import {ORG_ROLE, keyId, toHex} from '@vitalvault/contracts';
import type {ParsedGenesis} from '@vitalvault/light-client';

/** Key ids of all storage processes of an organisation: what they anchor is paid from one bucket. */
export function ownStorageKeys({genesis}: ParsedGenesis, organisation: string): ReadonlySet<string> {
  const own = genesis.organisations.find(({id}) => toHex(id) === organisation);
  const keys = (own?.keys ?? []).flatMap(({key, role}) =>
    key !== undefined && role === ORG_ROLE.storage ? [toHex(keyId(key))] : [],
  );
  return new Set(keys);
}
