import {CODE, equalBytes, KEY_OWNER, keyId, MEMBER_ROLE, ORG_ROLE} from '@vitalvault/contracts';
import {RegisterMemberSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {isEncryptionKey, isHash, isIdentity, isSigningKey} from '../field-rules.js';
import {assignKey, isFree} from '../keys.js';
import {done, refused} from '../message-rules.js';
import type {MessageOf, MessageRules, Outcome, TxContext} from '../message-rules.js';
import {isOrganisationWith} from '../signer.js';
import {save, SLOTS} from '../state-slots.js';

type RegisterMember = MessageOf<'registerMember'>;

/**
 * An organisation endorses a person of its own; both sign. @paper ME registration of medical staff; docs/protocol.md
 * §4.3
 */
export const REGISTER_MEMBER: MessageRules<RegisterMember> = {
  level: 'bulk',
  schema: RegisterMemberSchema,
  fields: {
    organisation: isIdentity,
    signingKey: isSigningKey,
    encryptionKey: isEncryptionKey,
    role: (value) => value >= MEMBER_ROLE.physician && value <= MEMBER_ROLE.auditor,
    profileHash: isHash,
  },
  signatures: ({signingKey}) => [undefined, signingKey],
  maySign: (signer) => isOrganisationWith(signer, [ORG_ROLE.sponsor, ORG_ROLE.admin]),
  bucket: ({identity}) => ({bucket: 'enrolments', identities: [identity]}),
  apply,
};

function apply(
  {state, signer}: TxContext,
  {organisation, signingKey, encryptionKey, role, profileHash}: RegisterMember,
): Outcome {
  if (!equalBytes(signer.identity, organisation)) return refused(CODE.notAuthorised);
  if (!isSigningKey(signingKey)) return refused(CODE.invalidField);
  if (!isFree(state, signingKey)) return refused(CODE.keyTaken);
  const member = keyId(signingKey, state.sha256);
  assignKey(state, signingKey, KEY_OWNER.member, member);
  save(state, SLOTS.member, [member], {organisation, signingKey, encryptionKey, role, profileHash});
  return done();
}
