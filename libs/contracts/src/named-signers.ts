import type {TxMessage} from './complete.js';
import type {SigningKey} from './gen/vitalvault/record/v1/record_pb.js';

/**
 * The keys that sign a message after the first one, in their order: those that the message itself names.
 * @spec docs/protocol.md §4.3
 */
export function namedSigners({
  case: kind,
  value,
}: NonNullable<TxMessage>): readonly Pick<SigningKey, 'alg' | 'publicKey'>[] {
  switch (kind) {
    case 'enrolPatient':
    case 'registerMember':
      return value.signingKey === undefined ? [] : [value.signingKey];
    case 'publishKeys':
      return value.newSigningKey === undefined ? [] : [value.newSigningKey];
    case 'registerDevice':
      return value.deviceKey === undefined ? [] : [value.deviceKey];
    default:
      return [];
  }
}
