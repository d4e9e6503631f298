import {CODE, decodeCanonical, NO_TERMS} from '@vitalvault/contracts';
import {StatementResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {load, SLOTS} from './state-slots.js';
import {
  DEFAULT_PARAMETERS,
  enrolPatient,
  epochStatement,
  PEOPLE,
  putGrant,
  registerDevice,
  registerMember,
  revokeGrant,
  tag,
  TEST_SLOT,
  testGenesis,
  testKey,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';

const {patient, recovery, clinician, device, stranger, strangerRecovery} = PEOPLE;
const hospital = testOrganisation('hospital');
const few = {tags: 2, epochs: 3, liveGrants: 2, grants: 4, registrations: 3, liveDevices: 2, rights: 128};

function begun(): TestLedger {
  const ledger = new TestLedger(testGenesis(['hospital'], {...DEFAULT_PARAMETERS, holdings: few}));
  expect(ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]).code).toBe(0);
  expect(
    ledger.run(enrolPatient(stranger, strangerRecovery), [hospital.sponsor, stranger, strangerRecovery]).code,
  ).toBe(0);
  expect(ledger.run(registerMember(hospital, clinician), [hospital.sponsor, clinician]).code).toBe(0);
  return ledger;
}
const held = (ledger: TestLedger) => load(ledger.state, SLOTS.holdings, [patient.id]);

test('tags and epochs: each statement by itself, and a first epoch that is extended is no new one', () => {
  const ledger = begun();
  const publish = (...epochStatements: ReturnType<typeof epochStatement>[]): number[] => {
    const {data} = ledger.run({case: 'publishKeys', value: {identity: patient.id, epochStatements}}, [patient]);
    return decodeCanonical(StatementResultsSchema, data).codes;
  };
  const first = (byte: number, fromSlot = 5) => epochStatement(patient, {typeTag: tag(byte), fromSlot});
  expect(publish(first(1), first(2), first(3), first(2, 4))).toEqual([0, 0, CODE.ceiling, 0]);
  const later = (epoch: number) => epochStatement(patient, {typeTag: tag(1), epoch, fromSlot: TEST_SLOT + epoch});
  expect(publish(later(2), later(3))).toEqual([0, CODE.ceiling]);
  expect(held(ledger)).toMatchObject({tags: 2, epochs: 3});
  expect(load(ledger.state, SLOTS.epochHead, [patient.id, tag(3)])).toBeUndefined();
});

test('grants: those that live and all; an unknown id costs a place; what stands is always revoked', () => {
  const ledger = begun();
  const grant = (byte: number, version = 1): number =>
    ledger.run(putGrant(patient.id, clinician.id, {grantId: tag(byte), version}), [patient]).code;
  const revoke = (byte: number): number => ledger.run(revokeGrant(patient.id, tag(byte)), [patient]).code;
  expect([grant(1), grant(2), grant(3), grant(2, 2)]).toEqual([0, 0, CODE.ceiling, 0]);
  expect([revoke(1), revoke(1), grant(3), revoke(9)]).toEqual([0, 0, 0, 0]);
  expect(held(ledger)).toMatchObject({liveGrants: 2, grants: 4});
  expect([revoke(8), revoke(2), grant(4), revoke(3), revoke(9)]).toEqual([CODE.ceiling, 0, CODE.ceiling, 0, 0]);
  expect(held(ledger)).toMatchObject({liveGrants: 0, grants: 4});
  expect(load(ledger.state, SLOTS.grant, [patient.id, tag(8)])).toBeUndefined();
});

test('registrations: those that stand and all; another patient has her own', () => {
  const ledger = begun();
  const register = (who: typeof device, owner = patient): number =>
    ledger.run(registerDevice(owner, who), [owner, who]).code;
  const remove = (who: typeof device, registration = 1, distrustFromSlot = 0): number =>
    ledger.run({case: 'removeDevice', value: {owner: patient.id, device: who.id, registration, distrustFromSlot}}, [
      patient,
    ]).code;
  const [second, third] = [testKey('second device'), testKey('third device')];
  expect([register(device), register(second), register(third)]).toEqual([0, 0, CODE.ceiling]);
  expect([remove(device), remove(device, 1, 5), register(device), remove(device, 2)]).toEqual([0, 0, 0, 0]);
  expect(held(ledger)).toMatchObject({registrations: 3, liveDevices: 1});
  expect([register(device), register(third), remove(second)]).toEqual([CODE.ceiling, CODE.ceiling, 0]);
  expect([register(third, stranger), held(ledger)?.liveDevices]).toEqual([0, 0]);
});

test('a revocation that carries statements holds though they do not', () => {
  const ledger = begun();
  expect(ledger.run(putGrant(patient.id, clinician.id), [patient]).code).toBe(0);
  const epochStatements = [1, 2, 3].map((byte) => epochStatement(patient, {typeTag: tag(byte)}));
  const value = {patient: patient.id, grantId: tag(1), version: 2, ...NO_TERMS, epochStatements};
  const {code, data} = ledger.run({case: 'putGrant', value}, [patient]);
  expect([code, ...decodeCanonical(StatementResultsSchema, data).codes]).toEqual([0, 0, 0, CODE.ceiling]);
  expect(load(ledger.state, SLOTS.grant, [patient.id, tag(1)])?.revoked).toBe(true);
});
