import {CODE, decodeCanonical} from '@vitalvault/contracts';
import {AnchorResultsSchema, StatementResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  anchorRecords,
  enrolPatient,
  epochStatement,
  PEOPLE,
  recordEntry,
  registerDevice,
  replaceKey,
  TEST_SLOT,
  testKey,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';

const {patient, recovery, device} = PEOPLE;
const hospital = testOrganisation('hospital');
const next = testKey('next');
let ledger: TestLedger;
let sequence: bigint;

function publish(signer: typeof patient, ...epochs: (readonly [epoch: number, fromSlot: number])[]): number[] {
  const epochStatements = epochs.map(([epoch, fromSlot]) => epochStatement(patient, {epoch, fromSlot}, signer));
  const {data} = ledger.run({case: 'publishKeys', value: {identity: patient.id, epochStatements}}, [signer]);
  return decodeCanonical(StatementResultsSchema, data).codes;
}

/** What becomes of a record of this epoch and slot. */
function anchored(epoch: number, slot: number): number | undefined {
  const entry = recordEntry({patient, device, custodian: hospital}, {epoch, slot, sequence: sequence++});
  const {data} = ledger.run(anchorRecords([entry]), [hospital.storage]);
  return decodeCanonical(AnchorResultsSchema, data).results[0]?.code;
}

// An hour and a day ahead, by whoever had her key; then her succession.
beforeEach(() => {
  ledger = new TestLedger();
  sequence = 1n;
  expect([
    ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]).code,
    ledger.run(registerDevice(patient, device), [patient, device]).code,
    ...publish(patient, [1, TEST_SLOT - 100], [2, TEST_SLOT - 1], [3, TEST_SLOT + 24]),
    ledger.run(replaceKey(patient, next, recovery), [patient, next]).code,
  ]).toEqual([0, 0, 0, 0, 0, 0]);
});

test("epochs that a thief put a day ahead do not keep the owner's from beginning at once", () => {
  expect(publish(next, [4, TEST_SLOT])).toEqual([CODE.ok]);
  expect([anchored(4, TEST_SLOT - 1), anchored(4, TEST_SLOT)]).toEqual([CODE.entryEpoch, CODE.ok]);
  ledger.commit([], 3_600n * 25n);
  // Overtaken, it covers nothing, also when its slot has come.
  expect([anchored(3, TEST_SLOT + 24), anchored(4, TEST_SLOT + 24), anchored(4, TEST_SLOT + 25)]).toEqual([
    CODE.entryEpoch,
    CODE.ok,
    CODE.ok,
  ]);
});

test('an epoch that has begun is not overtaken, and none goes further back or ahead than any other', () => {
  expect(publish(next, [4, TEST_SLOT - 2], [4, TEST_SLOT + 25])).toEqual([CODE.epochSlot, CODE.epochSlot]);
  expect(publish(next, [4, TEST_SLOT], [5, TEST_SLOT], [5, TEST_SLOT - 1])).toEqual([
    CODE.ok,
    CODE.epochSlot,
    CODE.epochSlot,
  ]);
  expect(publish(next, [5, TEST_SLOT + 1], [6, TEST_SLOT])).toEqual([CODE.ok, CODE.ok]);
});
