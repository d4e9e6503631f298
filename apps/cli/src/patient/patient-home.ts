import {Patient, PatientGrants, PatientLog} from '@vitalvault/sdk';
import type {EndingNotice, PatientKeys} from '@vitalvault/sdk';
import {toJson} from '../answer.js';
import type {Session} from '../session.js';
import {noticeText} from '../text/ending-text.js';

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
    tell: (notice) => tell(session, notice),
  });
  return {keys, patient, grants: new PatientGrants(patient.context), log: new PatientLog(patient.context)};
}

// Beside the answer of the command, which is about something else.
function tell({options}: Session, notice: EndingNotice): void {
  const {ending, isProven, isNone} = notice;
  const json = (): string => toJson({notice: {...ending, isProven, isNone}});
  process.stderr.write(`${options.json === true ? json() : noticeText(notice)}\n`);
}
