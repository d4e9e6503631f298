import {DomainError} from '@vitalvault/errors';
import type {Caller} from '@vitalvault/http';

/** @throws DomainError not-yours unless the patient herself signed. */
export function onlyPatient(caller: Caller, patient: string): void {
  if (caller.kind !== 'patient' || caller.identity !== patient) throw new DomainError('not-yours');
}
