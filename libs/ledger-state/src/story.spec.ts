import {CODE, decodeCanonical, STATE_KIND} from '@vitalvault/contracts';
import {AnchorResultsSchema, DecisionSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {merkleRoot, leafHash, verifyAccessLog} from '@vitalvault/proofs';
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
  skipEntry,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';

const {patient, recovery, clinician, device} = PEOPLE;
const hospital = testOrganisation('hospital');

test('enrol, register, anchor, grant, read, revoke, refuse', () => {
  const ledger = new TestLedger();
  expect(ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery])).toMatchObject({code: 0});
  expect(ledger.run(registerMember(hospital, clinician), [hospital.admin, clinician])).toMatchObject({code: 0});
  expect(ledger.run(registerDevice(patient, device), [patient, device])).toMatchObject({code: 0});
  const epochs = ledger.run(
    {case: 'publishKeys', value: {identity: patient.id, epochStatements: [epochStatement(patient)]}},
    [patient],
  );
  expect([...epochs.data]).toEqual([0x0a, 0x01, 0x00]);
  const people = {patient, device, custodian: hospital};
  const anchored = ledger.run(
    anchorRecords([
      recordEntry(people),
      recordEntry(people, {sequence: 3n}),
      skipEntry(people, {sequence: 2n}),
      recordEntry(people),
    ]),
    [hospital.storage],
  );
  expect(decodeCanonical(AnchorResultsSchema, anchored.data).results.map(({code, index}) => [code, index])).toEqual([
    [0, 0n],
    [0, 1n],
    [0, 2n],
    [CODE.entryDuplicate, 0n],
  ]);
  expect(load(ledger.state, SLOTS.recordLog, [patient.id])?.size).toBe(3n);

  const decide = (outcome: {code: number; data: Uint8Array}) => {
    expect(outcome.code).toBe(0);
    return decodeCanonical(DecisionSchema, outcome.data);
  };
  expect(decide(ledger.run(requestAccess(patient.id), [clinician]))).toMatchObject({
    permit: false,
    index: 3n,
    recordLogSize: 0n,
  });
  expect(ledger.run(putGrant(patient.id, clinician.id), [patient])).toMatchObject({code: 0});
  expect(decide(ledger.run(requestAccess(patient.id), [clinician]))).toMatchObject({
    permit: true,
    index: 5n,
    recordLogSize: 3n,
    grantVersion: 1,
    releaseUntilHeight: ledger.block.height + 1_200n,
  });
  expect(load(ledger.state, SLOTS.readsUsed, [patient.id, new Uint8Array(16).fill(1)])?.reads).toBe(1n);
  expect(ledger.run(revokeGrant(patient.id), [patient])).toMatchObject({code: 0});
  expect(decide(ledger.run(requestAccess(patient.id), [clinician]))).toMatchObject({permit: false});
  expect(decide(ledger.run(requestAccess(patient.id, {grantId: new Uint8Array(16)}), [patient]))).toMatchObject({
    permit: true,
    grantVersion: 0,
  });

  const leaves = ledger.state.leaves(STATE_KIND.accessLog, patient.id);
  expect(ledger.accessLog(patient.id).map(({event}) => event.case)).toEqual([
    'enrolled',
    'deviceRegistered',
    'keys',
    'access',
    'grant',
    'access',
    'grant',
    'access',
    'access',
  ]);
  const head = load(ledger.state, SLOTS.accessLog, [patient.id]);
  expect(head?.root).toEqual(merkleRoot(leaves.map((leaf) => leafHash(leaf))));
  expect(verifyAccessLog({head: head ?? {size: 0, root: new Uint8Array()}, leaves})).toMatchObject({ok: true});
});
