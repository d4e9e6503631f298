import type {FieldsOf, TxMessage} from '@vitalvault/contracts';
import type {BodySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  anchorRecords,
  enrolPatient,
  epochStatement,
  keySuccession,
  PEOPLE,
  putGrant,
  recordEntry,
  registerDevice,
  registerMember,
  requestAccess,
} from './messages.js';
import {hash} from './test-keys.js';
import {testOrganisation} from './test-genesis.js';
import {TEST_CHAIN} from './test-ledger.js';

const {patient, recovery, clinician, device, stranger} = PEOPLE;
const hospital = testOrganisation('hospital');
const epochStatements = [epochStatement(patient)];

/** One of each message that a transaction can carry, whole: every message field is there. A new one has to be added. */
export const SAMPLE_MESSAGES: {readonly [Case in TxMessage['case']]: TxMessage} = {
  enrolPatient: enrolPatient(patient, recovery),
  publishKeys: {
    case: 'publishKeys',
    value: {
      identity: patient.id,
      encryptionKey: hash(9),
      newSigningKey: stranger.key,
      epochStatements,
      succession: keySuccession(patient, stranger, recovery),
    },
  },
  registerDevice: registerDevice(patient, device),
  removeDevice: {
    case: 'removeDevice',
    value: {owner: patient.id, device: device.id, distrustFromSlot: 1, registration: 1},
  },
  registerMember: registerMember(hospital, clinician),
  suspendMember: {case: 'suspendMember', value: {organisation: hospital.id, member: clinician.id}},
  putGrant: putGrant(patient.id, clinician.id, {epochStatements}),
  anchorRecords: anchorRecords([recordEntry({patient, device, custodian: hospital})]),
  requestAccess: requestAccess(patient.id),
};

/** What a transaction says around such a message. */
export const sampleBody = (message: TxMessage, nonce = 1n): FieldsOf<typeof BodySchema> => ({
  version: 1,
  chainId: TEST_CHAIN,
  expiresAtHeight: 9n,
  expiresAtTime: 9n,
  nonce,
  message,
});
