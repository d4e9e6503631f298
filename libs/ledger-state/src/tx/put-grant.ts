import {ACTION, CODE, equalBytes, KEY_OWNER, LIMITS, PURPOSE} from '@vitalvault/contracts';
import {PutGrantSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {coversEveryTag} from '@vitalvault/consent';
import {create} from '@bufbuild/protobuf';
import {GrantSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Grant} from '@vitalvault/contracts/gen/ledger/v1/state';
import {logAccess} from '../access-log.js';
import {takeStatements} from '../epochs.js';
import {areStatements, areTags, isAny, isAscending, isIdentity, isTag, isZero} from '../field-rules.js';
import {giveToken} from '../buckets.js';
import {countHoldings} from '../holdings.js';
import {done, refused} from '../message-rules.js';
import type {MessageOf, MessageRules, Outcome, TxContext} from '../message-rules.js';
import {has, load, save, SLOTS} from '../state-slots.js';

type PutGrant = MessageOf<'putGrant'>;

/**
 * The patient's grant: creates, alters as a whole and, without tags, revokes for good.
 * @paper ME T_access, ME-34 (empty scope revokes); docs/protocol.md §4.3
 */
export const PUT_GRANT: MessageRules<PutGrant> = {
  level: 'rights',
  schema: PutGrantSchema,
  fields: {
    patient: isIdentity,
    grantId: (id) => isTag(id) && !isZero(id),
    version: (value, message) => isRevocation(message) || value >= 1,
    grantee: term(isIdentity),
    typeTags: term((tags) => areTags(tags, LIMITS.grantTags) && (coversEveryTag(tags) || !tags.some(isZero))),
    actions: term((values) => areChoices(values, ACTION.write)),
    purposes: term((values) => areChoices(values, PURPOSE.PUBHLTH)),
    accessFromSlot: term(isAny),
    accessToSlot: term((to, {accessFromSlot}) => accessFromSlot <= to),
    dataFromSlot: term(isAny),
    dataToSlot: term((to, {dataFromSlot}) => dataFromSlot <= to),
    maxReads: term(isAny),
    parentGrant: ({length}) => length === 0,
    epochStatements: areStatements,
  },
  signatures: () => [undefined],
  maySign: ({kind}) => kind === KEY_OWNER.patient,
  bucket: ({identity}) => ({bucket: 'rights', identities: [identity]}),
  ends: (context, message) => (endsGrant(context, message) ? 'right' : undefined),
  apply,
};

function endsGrant({state, signer}: TxContext, message: PutGrant): boolean {
  const {patient, grantId} = message;
  if (!isRevocation(message) || !equalBytes(signer.identity, patient)) return false;
  return load(state, SLOTS.grant, [patient, grantId])?.revoked === false;
}

function isRevocation({typeTags}: PutGrant): boolean {
  return typeTags.length === 0;
}

/** A term of a grant: valid in a grant, absent in a revocation. */
function term<T extends number | {readonly length: number}>(
  isValid: (value: T, message: PutGrant) => boolean,
): (value: T, message: PutGrant) => boolean {
  return (value, message) =>
    isRevocation(message) ? (typeof value === 'number' ? value : value.length) === 0 : isValid(value, message);
}

function areChoices(numbers: readonly number[], highest: number): boolean {
  return numbers.length >= 1 && isAscending(numbers) && numbers.every((value) => value >= 1 && value <= highest);
}

function apply(context: TxContext, message: PutGrant): Outcome {
  const {state, signer} = context;
  if (!equalBytes(signer.identity, message.patient)) return refused(CODE.notAuthorised);
  const stored = load(state, SLOTS.grant, [message.patient, message.grantId]);
  return isRevocation(message) ? revoke(context, message, stored) : grant(context, message, stored);
}

function revoke(context: TxContext, message: PutGrant, stored: Grant | undefined): Outcome {
  const isLive = context.ends === 'right';
  // An id that she never granted is kept as revoked, so it takes a place like any other.
  if (!countHoldings(context, message.patient, isLive ? {liveGrants: -1} : {grants: stored === undefined ? 1 : 0}))
    return refused(CODE.ceiling);
  // The terms stay readable under a revoked grant, so that the patient can be told whose it was.
  const version = Math.max(stored?.version ?? 0, message.version);
  const data = put(context, message, {...(stored ?? create(GrantSchema)), version, revoked: true});
  // Her types may be more than one message has epochs for.
  if (isLive) giveToken(context.state, {bucket: 'rights', identities: [message.patient]}, context);
  return done(data);
}

function grant(context: TxContext, message: PutGrant, stored: Grant | undefined): Outcome {
  const {state} = context;
  if (stored !== undefined && message.version <= stored.version) return refused(CODE.grantVersion);
  if (stored?.revoked === true) return refused(CODE.grantRevoked);
  if (!has(state, SLOTS.member, [message.grantee]) && !has(state, SLOTS.organisation, [message.grantee]))
    return refused(CODE.unknownGrantee);
  if (stored === undefined && !countHoldings(context, message.patient, {liveGrants: 1, grants: 1}))
    return refused(CODE.ceiling);
  return done(put(context, message, termsOf(message)));
}

function termsOf({
  version,
  grantee,
  typeTags,
  actions,
  purposes,
  accessFromSlot,
  accessToSlot,
  dataFromSlot,
  dataToSlot,
  maxReads,
}: PutGrant): Grant {
  return create(GrantSchema, {
    version,
    grantee,
    typeTags,
    actions,
    purposes,
    accessFromSlot,
    accessToSlot,
    dataFromSlot,
    dataToSlot,
    maxReads,
  });
}

function put(context: TxContext, {patient, grantId, epochStatements}: PutGrant, terms: Grant): Uint8Array {
  const grant = {...terms, putAtHeight: context.block.height};
  save(context.state, SLOTS.grant, [patient, grantId], grant);
  const {data, taken} = takeStatements(context, {patient, ownerKey: context.signer.key, statements: epochStatements});
  logAccess(context, patient, {case: 'grant', value: {grantId, grant, epochStatements: taken}});
  return data;
}
