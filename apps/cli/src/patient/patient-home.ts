import {Patient, PatientGrants, PatientLog} from '@vitalvault/sdk';
import type {PatientKeys} from '@vitalvault/sdk';
import type {Session} from '../session.js';

/** A patient's home, opened: her keys and what she can do with them. */
export interface OpenedPatient {
  keys: PatientKeys;
  patient: Patient;
  grants: PatientGrants;
  log: PatientLog;
}

/** @param intent `look`: nothing of hers is going to change; else others who change something wait until this ends. */
export async function openPatient(session: Session, intent: 'look' | 'change' = 'change'): Promise<OpenedPatient> {
  if (intent === 'change') await session.home.claim();
  const keys = await session.home.secrets<PatientKeys>('patient');
  const patient = new Patient({
    keys,
    ledger: session.ledger,
    nonces: session.home.nonces(),
    save: (changed) => session.home.writeSecrets(changed),
  });
  return {keys, patient, grants: new PatientGrants(patient.context), log: new PatientLog(patient.context)};
}
