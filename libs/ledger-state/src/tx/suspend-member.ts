import {CODE, equalBytes, ORG_ROLE} from '@vitalvault/contracts';
import {SuspendMemberSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {isIdentity} from '../field-rules.js';
import {done, refused} from '../message-rules.js';
import type {MessageOf, MessageRules, Outcome, TxContext} from '../message-rules.js';
import {isOrganisationWith} from '../signer.js';
import {load, save, SLOTS} from '../state-slots.js';

type SuspendMember = MessageOf<'suspendMember'>;

/**
 * An organisation takes the standing of a member away; no request of hers is granted from here on. docs/protocol.md
 * §4.3
 */
export const SUSPEND_MEMBER: MessageRules<SuspendMember> = {
  level: 'rights',
  schema: SuspendMemberSchema,
  fields: {organisation: isIdentity, member: isIdentity},
  signatures: () => [undefined],
  maySign: (signer) => isOrganisationWith(signer, [ORG_ROLE.sponsor, ORG_ROLE.admin]),
  bucket: ({identity}) => ({bucket: 'suspensions', identities: [identity]}),
  ends: (context, message) => (endsStanding(context, message) ? 'right' : undefined),
  apply,
};

function endsStanding({state, signer}: TxContext, {organisation, member}: SuspendMember): boolean {
  const entry = load(state, SLOTS.member, [member]);
  return (
    entry !== undefined &&
    !entry.suspended &&
    equalBytes(entry.organisation, organisation) &&
    equalBytes(signer.identity, organisation)
  );
}

function apply({state, signer}: TxContext, {organisation, member}: SuspendMember): Outcome {
  if (!equalBytes(signer.identity, organisation)) return refused(CODE.notAuthorised);
  const entry = load(state, SLOTS.member, [member]);
  if (entry === undefined || !equalBytes(entry.organisation, organisation)) return refused(CODE.unknownIdentity);
  save(state, SLOTS.member, [member], {...entry, suspended: true});
  return done();
}
