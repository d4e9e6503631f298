import {CODE} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {numberPart} from '@vitalvault/proofs';
import {load, SLOTS} from './state-slots.js';
import {
  enrolPatient,
  HEART_RATE,
  PEOPLE,
  registerDevice,
  tag,
  TEST_SLOT,
  TEST_TIME,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';

const {patient, recovery, device, stranger, strangerRecovery} = PEOPLE;
const hospital = testOrganisation('hospital');

function begun(): TestLedger {
  const ledger = new TestLedger();
  expect(ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]).code).toBe(0);
  expect(
    ledger.run(enrolPatient(stranger, strangerRecovery), [hospital.sponsor, stranger, strangerRecovery]).code,
  ).toBe(0);
  return ledger;
}
const remove = (owner: Uint8Array, registration = 1): TxMessage => ({
  case: 'removeDevice',
  value: {owner, device: device.id, registration},
});

test("a registered device is nobody else's until its owner removes it; then anybody's, with a new number", () => {
  const ledger = begun();
  expect([...ledger.run(registerDevice(patient, device), [patient, device]).data]).toEqual([0x08, 1]);
  expect(ledger.run(registerDevice(patient, device), [patient, device]).code).toBe(CODE.deviceTaken);
  expect(ledger.run(registerDevice(stranger, device), [stranger, device]).code).toBe(CODE.deviceTaken);
  expect(ledger.run(remove(patient.id), [stranger]).code).toBe(CODE.notAuthorised);
  expect(ledger.run(remove(stranger.id), [stranger]).code).toBe(CODE.unknownDevice);
  expect(ledger.run(remove(patient.id), [patient]).code).toBe(0);
  expect(ledger.run(remove(patient.id), [patient]).code).toBe(CODE.deviceRemoved);
  expect(load(ledger.state, SLOTS.registration, [device.id, numberPart(1)])).toMatchObject({
    owner: patient.id,
    removedAtHeight: 8n,
    removedAtTime: TEST_TIME + 8n,
    distrustFromSlot: TEST_SLOT,
  });
  expect([...ledger.run(registerDevice(stranger, device, [HEART_RATE], 5), [stranger, device]).data]).toEqual([
    0x08, 2,
  ]);
  expect(load(ledger.state, SLOTS.device, [device.id])).toMatchObject({registration: 2, owner: stranger.id});
  // The past stays with the owner at the time; she cannot remove what is another's now.
  expect(load(ledger.state, SLOTS.registration, [device.id, numberPart(1)])?.owner).toEqual(patient.id);
  expect(ledger.run(remove(patient.id, 2), [patient]).code).toBe(CODE.unknownDevice);
  expect(ledger.accessLog(patient.id).map(({event}) => event.case)).toEqual([
    'enrolled',
    'deviceRegistered',
    'deviceRemoved',
  ]);
  expect(ledger.accessLog(stranger.id).map(({event}) => event.case)).toEqual(['enrolled', 'deviceRegistered']);
});

test('the same registration with an earlier first slot extends it backwards; nothing else of it changes', () => {
  const ledger = begun();
  const register = (fields: {fromSlot: number; typeTags?: Uint8Array[]; deviceClass?: number}, owner = patient) => {
    const value = {owner: owner.id, deviceKey: device.key, typeTags: [tag(1), tag(2)], deviceClass: 1, ...fields};
    return ledger.run({case: 'registerDevice', value}, [owner, device]);
  };
  expect(register({fromSlot: 50}).code).toBe(0);
  expect([...register({fromSlot: 40}).data]).toEqual([0x08, 1]);
  const stands = load(ledger.state, SLOTS.registration, [device.id, numberPart(1)]);
  expect(stands).toMatchObject({fromSlot: 40, typeTags: [tag(1), tag(2)], removedAtHeight: 0n});
  const refused = [
    register({fromSlot: 40}),
    register({fromSlot: 45}),
    register({fromSlot: 30, typeTags: [tag(1)]}),
    register({fromSlot: 30, typeTags: [tag(1), tag(3)]}),
    register({fromSlot: 30, deviceClass: 2}),
    register({fromSlot: 30}, stranger),
  ];
  expect(refused.map(({code}) => code)).toEqual(refused.map(() => CODE.deviceTaken));
  expect(ledger.accessLog(patient.id).at(-1)?.event).toMatchObject({
    case: 'deviceRegistered',
    value: {registration: 1, fromSlot: 40},
  });
  expect(ledger.run(remove(patient.id), [patient]).code).toBe(0);
  expect([...register({fromSlot: 30}).data]).toEqual([0x08, 2]);
});

test("deviceTaken: a key that is a person's or an organisation's, also a retired one", () => {
  const ledger = begun();
  for (const taken of [stranger, patient, hospital.admin]) {
    expect(ledger.run(registerDevice(patient, taken), [patient, taken]).code).toBe(CODE.deviceTaken);
  }
});

test('a registration without proof of possession, for another, by an unknown owner', () => {
  const ledger = begun();
  expect(ledger.run(registerDevice(patient, device), [patient]).code).toBe(CODE.wrongSigners);
  expect(ledger.run(registerDevice(patient, device), [patient, stranger]).code).toBe(CODE.wrongSigners);
  expect(ledger.run(registerDevice(patient, device), [stranger, device]).code).toBe(CODE.notAuthorised);
  expect(ledger.run(registerDevice(PEOPLE.clinician, device), [PEOPLE.clinician, device]).code).toBe(CODE.unknownKey);
  expect(ledger.run(remove(patient.id), [patient]).code).toBe(CODE.unknownDevice);
});

test('invalidField: tags, class, ids', () => {
  const ledger = begun();
  const value = {owner: patient.id, deviceKey: device.key, typeTags: [tag(1), tag(2)], deviceClass: 1, fromSlot: 0};
  const tags = Array.from({length: 33}, (_, i) => tag(i + 1));
  for (const bad of [
    {typeTags: []},
    {typeTags: [tag(2), tag(1)]},
    {typeTags: [tag(1), tag(1)]},
    {typeTags: [tag(0), tag(1)]},
    {typeTags: [new Uint8Array(15)]},
    {typeTags: tags},
    {deviceClass: 0},
    {deviceClass: 5},
    {owner: new Uint8Array(21)},
  ]) {
    expect(ledger.run({case: 'registerDevice', value: {...value, ...bad}}, [patient, device]).code).toBe(
      CODE.invalidField,
    );
  }
  expect(
    ledger.run({case: 'registerDevice', value: {...value, typeTags: tags.slice(0, 32)}}, [patient, device]).code,
  ).toBe(0);
  expect(
    ledger.run({case: 'removeDevice', value: {owner: patient.id, device: new Uint8Array(19), registration: 1}}, [
      patient,
    ]).code,
  ).toBe(CODE.invalidField);
});
