import {SdkError} from '../sdk-error.js';
import type {PatientKeys} from './patient-keys.js';

/** A device, and the number of its newest registration that is proven; 0: none. */
interface Newest {
  device: string;
  newest: number;
}

/**
 * Keeps that she signed a registration of a device: of several that may still commit, each gets a number after the one
 * before. What cannot commit any more is forgotten. Nothing is saved.
 * @param expiresAt Unix seconds
 */
export function signedRegistration(keys: PatientKeys, {device, newest, expiresAt}: Newest & {expiresAt: number}): void {
  const time = keys.newestHeader?.time ?? 0;
  const others = keys.signedRegistrations.filter((other) => other.expiresAt >= time);
  const numbers = others.filter((other) => other.device === device).map(({registration}) => registration);
  keys.signedRegistrations = [...others, {device, registration: Math.max(newest, ...numbers) + 1, expiresAt}];
}

/**
 * Numbers of a device's registrations that she signed, that the ledger does not show and may still take; or took
 * already, after the state that is shown.
 * @param time of the header that proves the newest, in Unix seconds
 */
export function mayStillCome(
  {signedRegistrations}: PatientKeys,
  {device, newest, time}: Newest & {time: number},
): number[] {
  return signedRegistrations
    .filter((signed) => signed.device === device && signed.registration > newest && signed.expiresAt >= time)
    .map(({registration}) => registration);
}

/** @throws SdkError `invalid-argument` while a removal is due that would end the new registration as well */
export function requireNoneComing({endingsDue}: PatientKeys, {device, newest}: Newest): void {
  if (endingsDue.some((due) => due.kind === 'removal' && due.device === device && due.registration > newest))
    throw new SdkError('invalid-argument', {
      detail: 'an earlier registration of this device is being removed, and may still come: try again in an hour',
    });
}
