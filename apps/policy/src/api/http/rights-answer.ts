import {ACTION, DEVICE_CLASS, PURPOSE, toHex} from '@vitalvault/contracts';
import {decimalText, hexText, uint32} from '@vitalvault/http';
import {z} from 'zod';
import type {DeviceRegistration, StoredGrant} from '../../application/ports.js';

const grantAnswer = z.strictObject({
  grantId: hexText(16),
  version: uint32.min(1),
  revoked: z.boolean(),
  grantee: z.string().regex(/^([0-9a-f]{40})?$/),
  typeTags: z.array(hexText(16)),
  actions: z.array(z.int().min(ACTION.read).max(ACTION.write)),
  purposes: z.array(z.int().min(PURPOSE.TREAT).max(PURPOSE.PUBHLTH)),
  accessFromSlot: uint32,
  accessToSlot: uint32,
  dataFromSlot: uint32,
  dataToSlot: uint32,
  maxReads: uint32.describe('0: no limit.'),
  readsUsed: decimalText,
  putAtHeight: decimalText,
});
const registrationAnswer = z.strictObject({
  device: hexText(20),
  registration: uint32.min(1),
  typeTags: z.array(hexText(16)),
  deviceClass: z.int().min(DEVICE_CLASS.wearable).max(DEVICE_CLASS.phone),
  fromSlot: uint32,
  removed: z.boolean(),
  distrustFromSlot: uint32.optional(),
});

export const grantsAnswer = z.strictObject({grants: z.array(grantAnswer), atHeight: decimalText});
export const devicesAnswer = z.strictObject({devices: z.array(registrationAnswer), atHeight: decimalText});
export const explanationAnswer = z.strictObject({
  index: decimalText,
  permit: z.boolean(),
  rule: z.int().min(0).max(10).describe('0 in a permit, else the rule of docs/protocol.md §6 that refused.'),
  reason: z.string(),
});

/** A grant as JSON: the newest version under its id. */
export function fromGrant({grantId, grant, readsUsed}: StoredGrant): z.infer<typeof grantAnswer> {
  const {
    version,
    revoked,
    grantee,
    typeTags,
    actions,
    purposes,
    accessFromSlot,
    accessToSlot,
    dataFromSlot,
    dataToSlot,
    maxReads,
    putAtHeight,
  } = grant;
  return {
    grantId,
    version,
    revoked,
    grantee: toHex(grantee),
    typeTags: typeTags.map(toHex),
    actions,
    purposes,
    accessFromSlot,
    accessToSlot,
    dataFromSlot,
    dataToSlot,
    maxReads,
    readsUsed: String(readsUsed),
    putAtHeight: String(putAtHeight),
  };
}

/** Registrations as JSON, one entry each. */
export function fromRegistrations(registrations: readonly DeviceRegistration[]): z.infer<typeof registrationAnswer>[] {
  return registrations.map(({device, registration, value}) => ({
    device,
    registration,
    typeTags: value.typeTags.map(toHex),
    deviceClass: value.deviceClass,
    fromSlot: value.fromSlot,
    removed: value.removedAtHeight !== 0n,
    ...(value.removedAtHeight === 0n ? {} : {distrustFromSlot: value.distrustFromSlot}),
  }));
}
