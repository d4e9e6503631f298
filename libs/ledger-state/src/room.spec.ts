import {CODE, decodeCanonical, NO_TERMS} from '@vitalvault/contracts';
import {AnchorResultsSchema, StatementResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {sizeOf} from './overlay.js';
import {load, SLOTS} from './state-slots.js';
import {
  anchorRecords,
  enrolPatient,
  epochStatement,
  PEOPLE,
  putGrant,
  recordEntry,
  registerDevice,
  registerMember,
  requestAccess,
  revokeGrant,
  tag,
  testGenesis,
  testKey,
  TestLedger,
  testOrganisation,
  withParameters,
} from '../testing/index.js';

const {patient, recovery, clinician, device} = PEOPLE;
const hospital = testOrganisation('hospital');
const people = {patient, device, custodian: hospital};

/** A story of each kind of transaction; `most` is for keys and leaves. */
function begun(most: {maxKeys?: bigint; maxLeaves?: bigint} = {}): TestLedger {
  const ledger = new TestLedger(testGenesis(['hospital']));
  withParameters(ledger.state, most);
  const epochStatements = [epochStatement(patient)];
  const codes = [
    ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]),
    ledger.run(registerMember(hospital, clinician), [hospital.admin, clinician]),
    ledger.run(registerDevice(patient, device), [patient, device]),
    ledger.run({case: 'publishKeys', value: {identity: patient.id, epochStatements}}, [patient]),
    ledger.run(putGrant(patient.id, clinician.id), [patient]),
    ledger.run(requestAccess(patient.id), [clinician]),
    ledger.run(anchorRecords([recordEntry(people)]), [hospital.storage]),
  ].map(({code}) => code);
  expect(codes).toEqual([0, 0, 0, 0, 0, 0, 0]);
  return ledger;
}
/** With those that a patient's successions are promised. */
const keysOf = (ledger: TestLedger): bigint => sizeOf(ledger.state).keys + sizeOf(ledger.state).promised;
const leavesOf = (ledger: TestLedger): bigint => sizeOf(ledger.state).leaves;

function anchored(ledger: TestLedger, sequence: bigint): number {
  const {code, data} = ledger.run(anchorRecords([recordEntry(people, {sequence})]), [hospital.storage]);
  expect(code).toBe(0);
  return decodeCanonical(AnchorResultsSchema, data).results[0]?.code ?? -1;
}
const grant = (ledger: TestLedger, byte: number): number =>
  ledger.run(putGrant(patient.id, clinician.id, {grantId: tag(byte)}), [patient]).code;
const enrol = (ledger: TestLedger, name: string): number =>
  ledger.run(enrolPatient(testKey(name), testKey(`${name} recovery`)), [
    hospital.sponsor,
    testKey(name),
    testKey(`${name} recovery`),
  ]).code;

test('the state knows how many keys and leaves it has, from genesis on, and an idle block changes nothing', () => {
  const fresh = new TestLedger(testGenesis(['hospital', 'clinic']));
  expect(sizeOf(fresh.state)).toMatchObject(fresh.state.count());
  const ledger = begun();
  expect(ledger.run(revokeGrant(patient.id), [patient]).code).toBe(0);
  expect(ledger.run(revokeGrant(patient.id), [clinician]).code).toBe(CODE.notAuthorised);
  expect(sizeOf(ledger.state)).toMatchObject(ledger.state.count());
  const {appHash} = ledger;
  ledger.commit([]);
  expect(ledger.appHash).toEqual(appHash);
});

test('keys: nine tenths for everybody, the last one for rights; what stands is revoked even then', () => {
  const keys = keysOf(begun());
  // The next key is one too many for everybody.
  const ledger = begun({maxKeys: (keys * 10n) / 9n});
  const most = (keys * 10n) / 9n;
  expect(enrol(ledger, 'x')).toBe(CODE.stateFull);
  expect(anchored(ledger, 2n)).toBe(0);
  const before = keysOf(ledger);
  let byte = 10;
  while (grant(ledger, byte) === 0) byte++;
  expect(keysOf(ledger)).toBe(most);
  expect(most - before).toBe(BigInt(byte - 10));
  expect([grant(ledger, 99), ledger.run(revokeGrant(patient.id, tag(98)), [patient]).code]).toEqual([
    CODE.stateFull,
    CODE.stateFull,
  ]);
  // What adds no key goes on: records of devices that there are, reads, and above all rights.
  expect([anchored(ledger, 3n), ledger.run(requestAccess(patient.id), [clinician]).code]).toEqual([0, 0]);
  const epochStatements = [epochStatement(patient, {typeTag: tag(7)})];
  const value = {patient: patient.id, grantId: tag(10), version: 2, ...NO_TERMS, epochStatements};
  const {code, data} = ledger.run({case: 'putGrant', value}, [patient]);
  expect([code, ...decodeCanonical(StatementResultsSchema, data).codes]).toEqual([0, CODE.stateFull]);
  expect(load(ledger.state, SLOTS.grant, [patient.id, tag(10)])?.revoked).toBe(true);
  expect(keysOf(ledger)).toBe(most);
  expect(sizeOf(ledger.state)).toMatchObject(ledger.state.count());
});

test('leaves: an entry is refused alone and may come again; what ends a right has a leaf even then', () => {
  const leaves = leavesOf(begun());
  const most = ((leaves + 1n) * 10n) / 9n + 1n;
  const ledger = begun({maxLeaves: most});
  const fitting = most - most / 10n - leaves;
  const codes = Array.from({length: Number(fitting) + 1}, (_, i) => anchored(ledger, BigInt(i + 2)));
  expect(codes).toEqual([...Array<number>(Number(fitting)).fill(0), CODE.stateFull]);
  expect(ledger.run(requestAccess(patient.id), [clinician]).code).toBe(CODE.stateFull);
  let byte = 10;
  while (grant(ledger, byte) === 0) byte++;
  expect(leavesOf(ledger)).toBe(most);
  const suspend = {organisation: hospital.id, member: clinician.id};
  const ends = [
    ledger.run(revokeGrant(patient.id), [patient]),
    ledger.run({case: 'removeDevice', value: {owner: patient.id, device: device.id, registration: 1}}, [patient]),
    ledger.run({case: 'suspendMember', value: suspend}, [hospital.admin]),
  ].map(({code}) => code);
  expect(ends).toEqual([0, 0, 0]);
  // Once more ends nothing.
  expect(ledger.run(revokeGrant(patient.id), [patient]).code).toBe(CODE.stateFull);
  expect(leavesOf(ledger)).toBe(most + 2n);
  expect(sizeOf(ledger.state)).toMatchObject(ledger.state.count());
});

test('a nonce is used up by what there is no room for, unless the nonce itself were a new key', () => {
  const ledger = begun({maxKeys: (keysOf(begun()) * 10n) / 9n});
  const known = ledger.tx(enrolPatient(testKey('x'), testKey('y')), [hospital.sponsor, testKey('x'), testKey('y')]);
  expect(ledger.commit([known, known]).results.map(({code}) => code)).toEqual([CODE.stateFull, CODE.nonceUsed]);
  const nurse = testKey('nurse');
  const fresh = ledger.tx(registerMember(hospital, nurse), [hospital.policy, nurse]);
  expect(ledger.commit([fresh]).results.map(({code}) => code)).toEqual([CODE.notAuthorised]);
  while (grant(ledger, Number(keysOf(ledger))) === 0);
  const keys = keysOf(ledger);
  expect(ledger.run(requestAccess(patient.id, {grantId: tag(0)}), [patient]).code).toBe(CODE.stateFull);
  expect(keysOf(ledger)).toBe(keys);
});
