import {CODE, decodeCanonical} from '@vitalvault/contracts';
import {AnchorResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {numberPart} from '@vitalvault/proofs';
import {load, SLOTS} from './state-slots.js';
import {
  anchorRecords,
  DEFAULT_PARAMETERS,
  enrolPatient,
  epochStatement,
  PEOPLE,
  recordEntry,
  registerDevice,
  skipEntry,
  TEST_SLOT,
  testGenesis,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';

const {patient, recovery, device, stranger, strangerRecovery} = PEOPLE;
const hospital = testOrganisation('hospital');
const people = {patient, device, custodian: hospital};

function begun(parameters = DEFAULT_PARAMETERS): TestLedger {
  const ledger = new TestLedger(testGenesis(['hospital', 'clinic'], parameters));
  const epochStatements = [epochStatement(patient)];
  const codes = [
    ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]),
    ledger.run(enrolPatient(stranger, strangerRecovery), [hospital.sponsor, stranger, strangerRecovery]),
    ledger.run(registerDevice(patient, device), [patient, device]),
    ledger.run({case: 'publishKeys', value: {identity: patient.id, epochStatements}}, [patient]),
  ].map(({code}) => code);
  expect(codes).toEqual([0, 0, 0, 0]);
  return ledger;
}

function remove(ledger: TestLedger, distrustFromSlot = 0, registration = 1, owner = patient): number {
  const value = {owner: owner.id, device: device.id, distrustFromSlot, registration};
  return ledger.run({case: 'removeDevice', value}, [owner]).code;
}

let sequence = 0n;
beforeEach(() => {
  sequence = 0n;
});
function anchored(ledger: TestLedger, slot: number | 'skip'): number {
  sequence += 1n;
  const entry = slot === 'skip' ? skipEntry(people, {sequence}) : recordEntry(people, {sequence, slot});
  const {data} = ledger.run(anchorRecords([entry]), [hospital.storage]);
  return decodeCanonical(AnchorResultsSchema, data).results[0]?.code ?? -1;
}
const registrationOf = (ledger: TestLedger) => load(ledger.state, SLOTS.registration, [device.id, numberPart(1)]);

test('its records of before are taken for a grace, by time; then nothing, for ever', () => {
  const ledger = begun();
  expect(anchored(ledger, 'skip')).toBe(0);
  expect(remove(ledger)).toBe(0);
  expect([anchored(ledger, TEST_SLOT - 1), anchored(ledger, TEST_SLOT)]).toEqual([0, CODE.deviceRemoved]);
  ledger.commit([], 86_396n);
  expect(anchored(ledger, TEST_SLOT - 1)).toBe(0);
  expect(ledger.block.time - (registrationOf(ledger)?.removedAtTime ?? 0n)).toBe(86_399n);
  ledger.commit([], 1n);
  expect([anchored(ledger, TEST_SLOT - 1), anchored(ledger, 1)]).toEqual([CODE.deviceRemoved, CODE.deviceRemoved]);
});

test('the grace ends by blocks too', () => {
  const ledger = begun({...DEFAULT_PARAMETERS, removalGraceBlocks: 2});
  expect(remove(ledger)).toBe(0);
  const codes = [1, 2, 3].map(() => anchored(ledger, TEST_SLOT - 1));
  expect(codes).toEqual([0, 0, CODE.deviceRemoved]);
});

test('it gives no number up, from the block of its removal on, and costs its owner nothing', () => {
  const ledger = begun();
  expect(remove(ledger, 1)).toBe(0);
  const skips = Array.from({length: 20}, (_, i) => skipEntry(people, {sequence: BigInt(i + 1)}));
  const {data} = ledger.run(anchorRecords(skips), [hospital.storage]);
  const codes = decodeCanonical(AnchorResultsSchema, data).results.map(({code}) => code);
  expect(new Set(codes)).toEqual(new Set([CODE.deviceRemoved]));
  expect(ledger.recordLog(patient.id)).toEqual([]);
  expect(load(ledger.state, SLOTS.bucket, [Uint8Array.of(4), patient.id])).toBeUndefined();
});

test('distrust begins at the latest one slot ahead', () => {
  const ledger = begun();
  expect([remove(ledger, 2 ** 32 - 1), remove(ledger, TEST_SLOT + 2)]).toEqual([CODE.invalidField, CODE.invalidField]);
  expect(registrationOf(ledger)?.removedAtHeight).toBe(0n);
  expect(remove(ledger, TEST_SLOT + 1)).toBe(0);
  expect(anchored(ledger, TEST_SLOT)).toBe(0);
});

test("the owner tightens it and never loosens it, also when the device is another's by now", () => {
  const ledger = begun();
  expect(remove(ledger, TEST_SLOT - 5)).toBe(0);
  const {removedAtHeight, removedAtTime} = registrationOf(ledger) ?? {};
  expect([remove(ledger), remove(ledger, TEST_SLOT - 5), remove(ledger, TEST_SLOT - 4)]).toEqual(
    Array(3).fill(CODE.deviceRemoved),
  );
  expect(ledger.run(registerDevice(stranger, device), [stranger, device]).code).toBe(0);
  expect(remove(ledger, TEST_SLOT - 20)).toBe(0);
  expect(registrationOf(ledger)).toMatchObject({distrustFromSlot: TEST_SLOT - 20, removedAtHeight, removedAtTime});
  expect(anchored(ledger, TEST_SLOT - 20)).toBe(CODE.deviceRemoved);
  expect(load(ledger.state, SLOTS.device, [device.id])).toMatchObject({registration: 2, owner: stranger.id});
  expect([remove(ledger, 1, 2), remove(ledger, 1, 1, stranger), remove(ledger, 1, 3)]).toEqual(
    Array(3).fill(CODE.unknownDevice),
  );
  expect(ledger.accessLog(patient.id).filter(({event}) => event.case === 'deviceRemoved')).toHaveLength(2);
});
