import {slotOf, toHex} from '@vitalvault/contracts';
import {newEncryptionKey, newKey, random} from './policy-system.js';

/** Who takes part in the cases of policy, and what it is about. */
export const [patient, recovery, stranger, clinician, device] = [newKey(), newKey(), newKey(), newKey(), newKey()];
export const [patientBox, clinicianBox, epochBox, readerBox] = [
  newEncryptionKey(),
  newEncryptionKey(),
  newEncryptionKey(),
  newEncryptionKey(),
];
export const slot = slotOf(BigInt(Math.floor(Date.now() / 1_000)));
export const tag = random(16);
export const grantId = random(16);
export const [patientId, clinicianId, grantHex] = [toHex(patient.id), toHex(clinician.id), toHex(grantId)];
export const grantPath = `/v1/patients/${patientId}/grants/${grantHex}/wraps`;
export const TYPE = (name: string): string => `application/vnd.vitalvault.${name}.v1+protobuf`;

/** Engines start slowly on a machine that others use too. */
export const START_MS = 600_000;
