import {CODE, equalBytes, KEY_OWNER, keyId, ORG_ROLE} from '@vitalvault/contracts';
import {EnrolPatientSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {logAccess} from '../access-log.js';
import {isEncryptionKey, isSigningKey} from '../field-rules.js';
import {promiseFirstRight} from '../holdings.js';
import {assignKey, isFree} from '../keys.js';
import {done, refused} from '../message-rules.js';
import type {MessageOf, MessageRules, Outcome, TxContext} from '../message-rules.js';
import {beginNonces} from '../nonce-window.js';
import {isOrganisationWith} from '../signer.js';
import {promiseSuccessions} from '../successions.js';
import {save, SLOTS} from '../state-slots.js';
import {useForHerself} from '../used-keys.js';

type EnrolPatient = MessageOf<'enrolPatient'>;

/**
 * A patient appears, sponsored by an organisation and out of its quota: identities are not free. Her recovery key signs
 * too: one that cannot sign would be found out on the day when it is needed.
 * @paper DP registration; docs/protocol.md §4.3
 */
export const ENROL_PATIENT: MessageRules<EnrolPatient> = {
  level: 'bulk',
  schema: EnrolPatientSchema,
  fields: {
    signingKey: isSigningKey,
    encryptionKey: isEncryptionKey,
    recoveryKey: (key, {signingKey}) =>
      isSigningKey(key) && signingKey !== undefined && !equalBytes(key.publicKey, signingKey.publicKey),
  },
  signatures: ({signingKey, recoveryKey}) => [undefined, signingKey, recoveryKey],
  maySign: (signer) => isOrganisationWith(signer, [ORG_ROLE.sponsor]),
  bucket: ({identity}) => ({bucket: 'enrolments', identities: [identity]}),
  apply,
};

function apply(context: TxContext, {signingKey, encryptionKey, recoveryKey}: EnrolPatient): Outcome {
  const {state, signer} = context;
  if (!isSigningKey(signingKey) || !isSigningKey(recoveryKey)) return refused(CODE.invalidField);
  if (!isFree(state, signingKey) || !isFree(state, recoveryKey)) return refused(CODE.keyTaken);
  const patient = keyId(signingKey, state.sha256);
  assignKey(state, signingKey, KEY_OWNER.patient, patient);
  save(state, SLOTS.patient, [patient], {sponsor: signer.identity, signingKey, encryptionKey, recoveryKey});
  useForHerself(state, patient, encryptionKey);
  // Hers from now on, so that she can act where there is no room.
  beginNonces(state, patient);
  promiseFirstRight(state);
  promiseSuccessions(state);
  logAccess(context, patient, {
    case: 'enrolled',
    value: {organisation: signer.identity, signingKeyId: patient, recoveryKeyId: keyId(recoveryKey, state.sha256)},
  });
  return done();
}
