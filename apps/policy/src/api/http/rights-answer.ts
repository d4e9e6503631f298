import {toHex} from '@vitalvault/contracts';
import type {DeviceRegistration, StoredGrant} from '../../application/ports.js';

/** A grant as JSON: the newest version under its id. */
export function fromGrant({grantId, grant, readsUsed}: StoredGrant): object {
  const {version, revoked, grantee, typeTags, actions, purposes, accessFromSlot, accessToSlot, dataFromSlot, dataToSlot, maxReads, putAtHeight} = grant;
  return {
    grantId, version, revoked, grantee: toHex(grantee), typeTags: typeTags.map(toHex), actions, purposes,
    accessFromSlot, accessToSlot, dataFromSlot, dataToSlot, maxReads, readsUsed: String(readsUsed), putAtHeight: String(putAtHeight),
  };
}

/** Registrations as JSON, one entry each. */
export function fromRegistrations(registrations: readonly DeviceRegistration[]): object[] {
  return registrations.map(({device, registration, value}) => ({
    device, registration, typeTags: value.typeTags.map(toHex), deviceClass: value.deviceClass, fromSlot: value.fromSlot,
    removed: value.removed, ...(value.removed ? {distrustFromSlot: value.distrustFromSlot} : {}),
  }));
}
