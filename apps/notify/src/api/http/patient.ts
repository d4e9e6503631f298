import {DomainError} from '@vitalvault/errors';
import type {Caller} from '@vitalvault/http';

/** The patient who signed; nobody else has alerts. @throws DomainError `not-yours` */
export function patientOf({kind, identity}: Caller): string {
  if (kind !== 'patient') throw new DomainError('not-yours');
  return identity;
}
