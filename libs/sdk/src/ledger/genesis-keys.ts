import {ALG_X25519, build, equalBytes, keyId, ORG_ROLE} from '@vitalvault/contracts';
import type {Genesis, GenesisOrganisation} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {CustodianSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {Custodian, SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {SdkError} from '../sdk-error.js';

/** Until organisations' keys can change on the ledger, genesis is the last word on them. */
export function organisationFromGenesis(genesis: Genesis, organisation: Uint8Array): GenesisOrganisation {
  const found = genesis.organisations.find(({id}) => equalBytes(id, organisation));
  if (found === undefined) throw new SdkError('not-found', {detail: 'no such organisation in the genesis'});
  return found;
}

/** Keys of one role that stand in a slot. */
export function keysOfRole(organisation: GenesisOrganisation, role: keyof typeof ORG_ROLE, slot: number): SigningKey[] {
  return organisation.keys.flatMap(({key, role: has, fromSlot, toSlot}) =>
    key !== undefined && has === ORG_ROLE[role] && fromSlot <= slot && (toSlot === 0 || slot <= toSlot) ? [key] : [],
  );
}

/** A custodian as a device configuration names it. @throws SdkError `not-found` */
export function custodianFromGenesis(genesis: Genesis, organisation: Uint8Array, slot: number): Custodian {
  const found = organisationFromGenesis(genesis, organisation);
  const [release] = keysOfRole(found, 'release', slot);
  const [ingest] = keysOfRole(found, 'ingest', slot);
  if (release === undefined || ingest === undefined)
    throw new SdkError('not-found', {detail: `${found.name} has no release or ingest key now`});
  return build(CustodianSchema, {
    organisation,
    releaseKeyId: keyId({alg: ALG_X25519, publicKey: release.publicKey}),
    releasePublicKey: release.publicKey,
    ingestKey: ingest,
  });
}
