import {toHex} from '@vitalvault/contracts';
import {accountOf} from './account.js';
import {
  enrolPatient,
  PEOPLE,
  registerMember,
  replaceKey,
  TEST_PORTS,
  testKey,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';
import type {TestKey} from '../testing/index.js';

const {patient, recovery, clinician, stranger} = PEOPLE;
const hospital = testOrganisation('hospital');
const next = testKey('next');

test('an organisation stands behind its keys, its members and the patients whom it sponsored', () => {
  const ledger = new TestLedger();
  const of = ({key}: TestKey) => accountOf(ledger.state, key.publicKey, TEST_PORTS.sha256);
  ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]);
  ledger.run(registerMember(hospital, clinician), [hospital.sponsor, clinician]);
  const organisation = toHex(hospital.id);
  for (const key of [hospital.storage, hospital.sponsor, patient, clinician])
    expect(of(key)).toEqual({actor: toHex(key.id), organisation});
  expect(of(stranger)).toEqual({actor: toHex(stranger.id), organisation: ''});
  // Two keys of one patient are one actor.
  ledger.run(replaceKey(patient, next, recovery), [patient, next]);
  expect([of(next), of(patient)]).toEqual(Array(2).fill({actor: toHex(patient.id), organisation}));
});
