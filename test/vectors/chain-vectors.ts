import {STATE_KIND, toHex} from '@vitalvault/contracts';
import {
  TEST_CHAIN,
  TEST_TIME,
  PEOPLE,
  TestLedger,
  anchorRecords,
  enrolPatient,
  epochStatement,
  putGrant,
  recordEntry,
  registerDevice,
  registerMember,
  replaceKey,
  requestAccess,
  revokeGrant,
  skipEntry,
  testEncryptionKey,
  testGenesis,
  testOrganisation,
} from '@vitalvault/ledger-state/testing';

const {patient, recovery, clinician, device, stranger, strangerRecovery} = PEOPLE;
const hospital = testOrganisation('hospital');
const people = {patient, device, custodian: hospital};
const herKey = testEncryptionKey('patient').publicKey;

/** One block after the other: a little of every message, and of every kind of refusal that has a leaf. */
const BLOCKS: readonly ((ledger: TestLedger) => Uint8Array[])[] = [
  (ledger) => [
    ledger.tx(enrolPatient(patient, recovery), [hospital.sponsor, patient, recovery]),
    ledger.tx(registerMember(hospital, clinician), [hospital.admin, clinician]),
  ],
  (ledger) => [
    ledger.tx(registerDevice(patient, device), [patient, device]),
    ledger.tx(
      {
        case: 'publishKeys',
        value: {identity: patient.id, epochStatements: [epochStatement(patient), epochStatement(patient, {epoch: 3})]},
      },
      [patient],
    ),
  ],
  (ledger) => [
    ledger.tx(
      anchorRecords([
        recordEntry(people),
        skipEntry(people, {sequence: 2n}),
        recordEntry(people, {sequence: 3n}, stranger),
      ]),
      [hospital.storage],
    ),
    ledger.tx(requestAccess(patient.id), [clinician]),
  ],
  (ledger) => [
    ledger.tx(putGrant(patient.id, clinician.id, {maxReads: 1}), [patient]),
    ledger.tx(requestAccess(patient.id), [clinician]),
    ledger.tx(requestAccess(patient.id), [clinician]),
  ],
  (ledger) => [
    ledger.tx(revokeGrant(patient.id), [patient]),
    ledger.tx(requestAccess(patient.id), [clinician]),
    ledger.tx(revokeGrant(stranger.id), [stranger]),
  ],
  (ledger) => [
    ledger.tx({case: 'suspendMember', value: {organisation: hospital.id, member: clinician.id}}, [hospital.admin]),
    ledger.tx({case: 'removeDevice', value: {owner: patient.id, device: device.id, registration: 1}}, [patient]),
    ledger.tx(requestAccess(patient.id), [clinician]),
  ],
  (ledger) => [
    ledger.tx(replaceKey(patient, stranger, strangerRecovery), [patient, stranger]),
    ledger.tx({case: 'publishKeys', value: {identity: patient.id, encryptionKey: herKey}}, [patient]),
    ledger.tx(replaceKey(patient, stranger, recovery), [patient, stranger]),
    ledger.tx(replaceKey(patient, strangerRecovery, recovery, 2), [stranger, strangerRecovery]),
  ],
  () => [],
];

/** The whole of test/vectors/ledger-chain.json. */
export function chainVectors() {
  const genesis = testGenesis(['hospital', 'clinic']);
  const ledger = new TestLedger(genesis);
  const genesisAppHash = toHex(ledger.appHash);
  const blocks = BLOCKS.map((block) => {
    const txs = block(ledger);
    const {results} = ledger.commit(txs);
    return {
      height: Number(ledger.block.height),
      time: Number(ledger.block.time),
      txs: txs.map(toHex),
      results: results.map(({code, data}) => ({code, data: toHex(data)})),
      appHash: toHex(ledger.appHash),
    };
  });
  return {
    source:
      'made by libs/ledger-state/testing (keys are hashes of names); docs/protocol.md §4–§6. appHash is the state after the block.',
    chainId: TEST_CHAIN,
    genesis: toHex(genesis),
    genesisTime: Number(TEST_TIME),
    genesisAppHash,
    blocks,
    patient: toHex(patient.id),
    accessLog: ledger.state.leaves(STATE_KIND.accessLog, patient.id).map(toHex),
    recordLog: ledger.state.leaves(STATE_KIND.recordLog, patient.id).map(toHex),
    organisation: toHex(hospital.id),
  };
}
