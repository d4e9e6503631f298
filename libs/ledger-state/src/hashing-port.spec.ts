import {sha256Of} from '@vitalvault/contracts';
import {
  anchorRecords,
  enrolPatient,
  epochStatement,
  PEOPLE,
  recordEntry,
  registerDevice,
  replaceKey,
  REMEMBERING_PORTS,
  skipEntry,
  TestLedger,
  testOrganisation,
} from '../testing/index.js';

test('every tagged hash of the ledger is made by the port that it was given', () => {
  const seen = new Set<string>();
  const sha256 = (bytes: Uint8Array): Uint8Array => {
    const [, name] = /^vitalvault\/v1\/([a-z-]+)\0/.exec(Buffer.from(bytes.subarray(0, 40)).toString('latin1')) ?? [];
    if (name !== undefined) seen.add(name);
    return sha256Of(bytes);
  };
  const {patient, recovery, device, stranger} = PEOPLE;
  const hospital = testOrganisation('hospital');
  const people = {patient, device, custodian: hospital};
  const ledger = new TestLedger(undefined, {...REMEMBERING_PORTS, sha256});
  expect(seen).toEqual(new Set(['key']));
  ledger.run(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]);
  ledger.run(registerDevice(patient, device), [patient, device]);
  ledger.run({case: 'publishKeys', value: {identity: patient.id, epochStatements: [epochStatement(patient)]}}, [
    patient,
  ]);
  ledger.run(anchorRecords([recordEntry(people), skipEntry(people, {sequence: 2n})]), [hospital.storage]);
  ledger.run(replaceKey(patient, stranger, recovery), [patient, stranger]);
  expect(seen).toEqual(new Set(['key', 'tx', 'epoch-statement', 'record', 'skip', 'key-succession']));
});
