import {toHex} from '@vitalvault/contracts';
import {decimalText, hexText} from '@vitalvault/http';
import {z} from 'zod';
import type {DeviceRegistration, StoredGrant} from '../../application/ports.js';

const slot = z.int();
const grantAnswer = z.strictObject({
  grantId: hexText(16),
  version: z.int(),
  revoked: z.boolean(),
  grantee: z.string().regex(/^([0-9a-f]{40})?$/),
  typeTags: z.array(hexText(16)),
  actions: z.array(z.int()),
  purposes: z.array(z.int()),
  accessFromSlot: slot,
  accessToSlot: slot,
  dataFromSlot: slot,
  dataToSlot: slot,
  maxReads: z.int(),
  readsUsed: decimalText,
  putAtHeight: decimalText,
});
const registrationAnswer = z.strictObject({
  device: hexText(20),
  registration: z.int(),
  typeTags: z.array(hexText(16)),
  deviceClass: z.int(),
  fromSlot: slot,
  removed: z.boolean(),
  distrustFromSlot: slot.optional(),
});
type GrantAnswer = z.infer<typeof grantAnswer>;
type RegistrationAnswer = z.infer<typeof registrationAnswer>;

export const grantsAnswer = z.strictObject({grants: z.array(grantAnswer), atHeight: decimalText});
export const devicesAnswer = z.strictObject({devices: z.array(registrationAnswer), atHeight: decimalText});
export const explanationAnswer = z.strictObject({
  index: decimalText,
  permit: z.boolean(),
  rule: z.int().min(0).max(10).describe('0 in a permit, else the rule of docs/protocol.md §6 that refused.'),
  reason: z.string(),
});

export type GrantsAnswer = z.infer<typeof grantsAnswer>;
export type DevicesAnswer = z.infer<typeof devicesAnswer>;
export type ExplanationAnswer = z.infer<typeof explanationAnswer>;

/** A grant as JSON: the newest version under its id. */
export function fromGrant({grantId, grant, readsUsed}: StoredGrant): GrantAnswer {
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
export function fromRegistrations(registrations: readonly DeviceRegistration[]): RegistrationAnswer[] {
  return registrations.map(({device, registration, value}) => ({
    device,
    registration,
    typeTags: value.typeTags.map(toHex),
    deviceClass: value.deviceClass,
    fromSlot: value.fromSlot,
    removed: value.removed,
    ...(value.removed ? {distrustFromSlot: value.distrustFromSlot} : {}),
  }));
}
