import type {TxMessage} from './complete.js';
import type {SigningKey} from './gen/vitalvault/record/v1/record_pb.js';

type Key = Pick<SigningKey, 'alg' | 'publicKey'>;

/**
 * The keys that sign a message after the first one, in their order: those that the message itself names.
 * @spec docs/protocol.md §4.3
 */
export function namedSigners({case: kind, value}: NonNullable<TxMessage>): readonly Key[] {
  switch (kind) {
    case 'enrolPatient':
      return present(value.signingKey, value.recoveryKey);
    case 'publishKeys':
      return present(value.newSigningKey);
    case 'registerDevice':
      return present(value.deviceKey);
    case 'registerMember':
      return present(value.signingKey);
    default:
      return [];
  }
}

/** A message that nobody checked may lack a key. */
const present = (...keys: readonly (Key | undefined)[]): Key[] => keys.filter((key) => key !== undefined);
