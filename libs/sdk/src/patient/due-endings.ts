import {STATE_KIND, decodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {GrantSchema, RegistrationSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {numberPart} from '@vitalvault/proofs';
import type {DueEnding, EndingFate, PatientKeys} from './patient-keys.js';

/** Keeps an ending; one that is due already stays, and distrusts from the earlier slot. Nothing is saved. */
export function dueEnding(keys: PatientKeys, ending: DueEnding): DueEnding {
  const known = keys.endingsDue.find((due) => isSame(due, ending));
  if (known === undefined) keys.endingsDue = [...keys.endingsDue, ending];
  if (known?.kind === 'removal' && ending.kind === 'removal')
    known.distrustFromSlot = Math.min(known.distrustFromSlot, ending.distrustFromSlot);
  return known ?? ending;
}

function isSame(a: DueEnding, b: DueEnding): boolean {
  if (a.kind === 'revocation') return b.kind === 'revocation' && a.grantId === b.grantId;
  return b.kind === 'removal' && a.device === b.device && a.registration === b.registration;
}

/** The state that shows whether it ended. @param patient her id */
export function placeOf(patient: Uint8Array, due: DueEnding): {kind: number; parts: Uint8Array[]} {
  return due.kind === 'revocation'
    ? {kind: STATE_KIND.grant, parts: [patient, fromHex(due.grantId)]}
    : {kind: STATE_KIND.registration, parts: [fromHex(due.device), numberPart(due.registration)]};
}

/**
 * What became of it, when nothing is left to send: it ended; or there is none of hers, and none that this home signed
 * before can come.
 * @param value of its place, proven
 * @param time of the header, in Unix seconds
 */
export function fateOf(
  keys: PatientKeys,
  due: DueEnding,
  {value, time}: {value: Uint8Array | undefined; time: number},
): EndingFate | undefined {
  const none = due.expiresAt < time ? 'none' : undefined;
  if (value === undefined) return none;
  if (due.kind === 'revocation') return decodeCanonical(GrantSchema, value).revoked ? 'ended' : undefined;
  const {owner, removedAtHeight, distrustFromSlot} = decodeCanonical(RegistrationSchema, value);
  if (toHex(owner) !== keys.patient) return none;
  return removedAtHeight > 0n && distrustFromSlot <= due.distrustFromSlot ? 'ended' : undefined;
}
