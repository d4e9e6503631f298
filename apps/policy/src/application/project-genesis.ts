import {ALG_ES256K, KEY_OWNER, keyId, toHex} from '@vitalvault/contracts';
import {create} from '@bufbuild/protobuf';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {KeyOwnerSchema, OrganisationKeySchema, OrganisationSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {ProjectionStore} from './ports.js';

/** Projects the organisations and their keys as the genesis has them, as block 0; nothing when that was done before. */
export async function projectGenesis(genesis: Genesis, store: ProjectionStore): Promise<void> {
  if ((await store.position()) !== undefined) return;
  await store.project([{height: 0n, timeSeconds: 0n}], async (writer) => {
    for (const organisation of genesis.organisations) {
      await writer.putOrganisation(toHex(organisation.id), create(OrganisationSchema, {name: organisation.name}));
      for (const {key, role, fromSlot, toSlot} of organisation.keys) {
        if (key === undefined) continue;
        const id = toHex(keyId(key));
        await writer.putOrganisationKey(
          id,
          create(OrganisationKeySchema, {organisation: organisation.id, role, key, fromSlot, toSlot}),
        );
        if (key.alg !== ALG_ES256K) continue;
        await writer.putKey(id, {
          publicKey: key.publicKey,
          owner: create(KeyOwnerSchema, {kind: KEY_OWNER.organisation, identity: organisation.id}),
        });
      }
    }
  });
}
