import {CODE, decodeCanonical} from '@vitalvault/contracts';
import {DecisionSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  DEFAULT_PARAMETERS,
  enrolPatient,
  PEOPLE,
  putGrant,
  registerMember,
  requestAccess,
  revokeGrant,
  tag,
  TEST_SLOT,
  testGenesis,
  testKey,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';

const {patient, recovery, clinician, stranger, strangerRecovery} = PEOPLE;
const hospital = testOrganisation('hospital');
const nurse = testKey('nurse');
const doctor = testKey('doctor at the clinic');
const clinic = testOrganisation('clinic');

/** Few of each; nothing of a patient's rights is scarce. */
const few = {
  ...DEFAULT_PARAMETERS,
  refusals: {burst: 2, refill: 1, seconds: 100},
  requests: {burst: 6, refill: 1, seconds: 100},
  organisationRefusals: {burst: 3, refill: 1, seconds: 100},
  organisationRequests: {burst: 8, refill: 1, seconds: 100},
};

function begun(parameters = few): TestLedger {
  const ledger = new TestLedger(testGenesis(['hospital', 'clinic'], parameters));
  const codes = [
    ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]),
    ledger.run(enrolPatient(stranger, strangerRecovery), [hospital.sponsor, stranger, strangerRecovery]),
    ledger.run(registerMember(hospital, clinician), [hospital.admin, clinician]),
    ledger.run(registerMember(hospital, nurse), [hospital.admin, nurse]),
    ledger.run(registerMember(clinic, doctor), [clinic.admin, doctor]),
  ].map(({code}) => code);
  expect(codes).toEqual([0, 0, 0, 0, 0]);
  return ledger;
}

/** What came of each of `count` requests. */
function ask(ledger: TestLedger, count: number, fields: Parameters<typeof requestAccess>[1] = {}, reader = clinician) {
  return Array.from({length: count}, () => {
    const {code, data} = ledger.run(requestAccess(patient.id, fields), [reader]);
    if (code !== 0) return code;
    return decodeCanonical(DecisionSchema, data).permit ? 'permitted' : 'refused';
  });
}
const accesses = (ledger: TestLedger): number =>
  ledger.accessLog(patient.id).filter(({event}) => event.case === 'access').length;

type Bad = [string, (ledger: TestLedger) => number | undefined, Parameters<typeof requestAccess>[1]?];
const grant = (fields: Parameters<typeof putGrant>[2] = {}) => {
  return (ledger: TestLedger): number => ledger.run(putGrant(patient.id, clinician.id, fields), [patient]).code;
};

test.each<Bad>([
  [
    '1: suspended',
    (ledger) => {
      const value = {organisation: hospital.id, member: clinician.id};
      grant()(ledger);
      return ledger.run({case: 'suspendMember', value}, [hospital.admin]).code;
    },
  ],
  ['2: without a grant', () => 0],
  ["3: another's grant", (ledger) => ledger.run(putGrant(patient.id, nurse.id), [patient]).code],
  ['4: revoked', (ledger) => grant()(ledger) || ledger.run(revokeGrant(patient.id), [patient]).code],
  ['5: expired', grant({accessFromSlot: TEST_SLOT - 2, accessToSlot: TEST_SLOT - 1})],
  ['6: another tag', grant(), {typeTag: tag(9)}],
  ['7: other hours', grant(), {slotTo: TEST_SLOT + 50}],
  ['8: another purpose', grant(), {purpose: 3}],
  ['10: another action', grant(), {action: 2}],
])('a refusal by rule %s takes of the few that a reader has of a patient', (_name, prepare, fields = {}) => {
  const ledger = begun();
  expect(prepare(ledger)).toBe(0);
  expect(ask(ledger, 5, fields)).toEqual(['refused', 'refused', CODE.quota, CODE.quota, CODE.quota]);
  ledger.commit([], 86n);
  expect(ask(ledger, 10, fields).filter((one) => one === 'refused')).toHaveLength(1);
  expect(accesses(ledger)).toBe(3);
});

test('9: reads that are used up are refusals as well', () => {
  const ledger = begun();
  expect(grant({maxReads: 1})(ledger)).toBe(0);
  expect(ask(ledger, 4)).toEqual(['permitted', 'refused', 'refused', CODE.quota]);
});

test('refused for now, a reader still reads by a grant, and permits have a bound of their own', () => {
  const ledger = begun();
  expect(ask(ledger, 3)).toEqual(['refused', 'refused', CODE.quota]);
  expect(grant()(ledger)).toBe(0);
  expect(ask(ledger, 6)).toEqual(['permitted', 'permitted', 'permitted', 'permitted', CODE.quota, CODE.quota]);
  ledger.commit([], 100n);
  expect(ask(ledger, 2)).toEqual(['permitted', CODE.quota]);
  expect(accesses(ledger)).toBe(7);
});

test('members of an organisation share its few about a patient; another organisation has its own', () => {
  const ledger = begun();
  expect(ask(ledger, 2)).toEqual(['refused', 'refused']);
  expect(ask(ledger, 2, {}, nurse)).toEqual(['refused', CODE.quota]);
  expect(ask(ledger, 2, {}, doctor)).toEqual(['refused', 'refused']);
  expect(ledger.run(putGrant(patient.id, hospital.id), [patient]).code).toBe(0);
  // Of eight of the hospital three are gone.
  expect([...ask(ledger, 3), ...ask(ledger, 3, {}, nurse)]).toEqual([
    ...Array<string>(5).fill('permitted'),
    CODE.quota,
  ]);
});

test('another patient asks in the name of her sponsor; the patient herself of nobody, within a bound', () => {
  const ledger = begun();
  expect(ask(ledger, 3, {}, stranger)).toEqual(['refused', 'refused', CODE.quota]);
  expect(ask(ledger, 2)).toEqual(['refused', CODE.quota]);
  expect(ask(ledger, 7, {grantId: tag(0)}, patient)).toEqual([...Array<string>(6).fill('permitted'), CODE.quota]);
});

test("what they do to one patient takes nothing of another's, nor of her rights", () => {
  const ledger = begun();
  ask(ledger, 4);
  ask(ledger, 4, {}, nurse);
  expect(ledger.run(requestAccess(stranger.id), [clinician]).code).toBe(0);
  expect(ledger.run(revokeGrant(patient.id), [patient]).code).toBe(0);
});
