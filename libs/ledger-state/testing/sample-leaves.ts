import {build} from '@vitalvault/contracts';
import type {MessageInitShape} from '@bufbuild/protobuf';
import type {TxMessage} from '@vitalvault/contracts';
import type {AccessLeaf, AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {DecisionSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {accessRequest, epochStatement, HEART_RATE, keySuccession, PEOPLE} from './messages.js';
import {hash, tag} from './test-keys.js';

type EventCase = NonNullable<AccessLeaf['event']['case']>;
type Event = NonNullable<MessageInitShape<typeof AccessLeafSchema>['event']>;

export interface SampleLeaf<Case extends EventCase = EventCase> {
  /** The message that makes it. */
  readonly by: TxMessage['case'];
  readonly event: Event & {case: Case};
}

const {patient, recovery, clinician, device, stranger} = PEOPLE;
const epochStatements = [epochStatement(patient)];

/** One of each event of an access log, whole, with the message that makes it. A new one has to be added. */
export const SAMPLE_LEAVES: {readonly [Case in EventCase]: SampleLeaf<Case>} = {
  enrolled: {
    by: 'enrolPatient',
    event: {case: 'enrolled', value: {organisation: hash(1), signingKeyId: patient.id, recoveryKeyId: stranger.id}},
  },
  keys: {
    by: 'publishKeys',
    event: {
      case: 'keys',
      value: {
        signingKeyId: stranger.id,
        encryptionKey: hash(9),
        epochStatements,
        succession: keySuccession(patient, stranger, recovery),
      },
    },
  },
  deviceRegistered: {
    by: 'registerDevice',
    event: {
      case: 'deviceRegistered',
      value: {device: device.id, registration: 1, typeTags: [HEART_RATE], deviceClass: 1, fromSlot: 2},
    },
  },
  deviceRemoved: {
    by: 'removeDevice',
    event: {case: 'deviceRemoved', value: {device: device.id, registration: 1, distrustFromSlot: 3}},
  },
  grant: {
    by: 'putGrant',
    event: {
      case: 'grant',
      value: {
        grantId: tag(1),
        grant: {version: 1, grantee: clinician.id, typeTags: [HEART_RATE], actions: [1], purposes: [1]},
        epochStatements,
      },
    },
  },
  access: {
    by: 'requestAccess',
    event: {
      case: 'access',
      value: {
        reader: clinician.id,
        organisation: hash(1),
        request: accessRequest(patient.id),
        decision: build(DecisionSchema, {permit: true, index: 1n, recordLogSize: 1n, grantVersion: 1}),
      },
    },
  },
};
