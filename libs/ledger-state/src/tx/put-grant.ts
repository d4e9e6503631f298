import {ACTION, CODE, equalBytes, KEY_OWNER, LIMITS, PURPOSE} from '@vitalvault/contracts';
import {coversEveryTag} from '@vitalvault/consent';
import {create} from '@bufbuild/protobuf';
import {GrantSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Grant} from '@vitalvault/contracts/gen/ledger/v1/state';
import {logAccess} from '../access-log.js';
import {BUCKET} from '../buckets.js';
import {takeStatements} from '../epochs.js';
import {areStatements, areTags, isAscending, isIdentity, isTag, isZero} from '../field-rules.js';
import {done, refused} from '../message-rules.js';
import type {MessageOf, MessageRules, Outcome, TxContext} from '../message-rules.js';
import {has, load, save, SLOTS} from '../state-slots.js';

type PutGrant = MessageOf<'putGrant'>;

/**
 * The patient's grant: creates, alters as a whole and, without tags, revokes for good.
 * @paper ME T_access, ME-34 (empty scope revokes); docs/protocol.md §4.3
 */
export const PUT_GRANT: MessageRules<PutGrant> = {
  rights: true,
  fieldsAreValid: (message) =>
    isIdentity(message.patient) &&
    isTag(message.grantId) &&
    !isZero(message.grantId) &&
    areStatements(message.epochStatements) &&
    (message.typeTags.length === 0 ? isBareRevocation(message) : hasValidTerms(message)),
  signatures: () => [[undefined]],
  maySign: ({kind}) => kind === KEY_OWNER.patient,
  bucket: ({identity}) => ({bucket: BUCKET.rights, identities: [identity]}),
  apply,
};

function isBareRevocation(message: PutGrant): boolean {
  const numbers = [
    message.accessFromSlot,
    message.accessToSlot,
    message.dataFromSlot,
    message.dataToSlot,
    message.maxReads,
  ];
  const lists = [message.grantee, message.actions, message.purposes, message.parentGrant];
  return numbers.every((value) => value === 0) && lists.every((list) => list.length === 0);
}

function hasValidTerms(message: PutGrant): boolean {
  return (
    message.version >= 1 &&
    isIdentity(message.grantee) &&
    message.parentGrant.length === 0 &&
    areTags(message.typeTags, LIMITS.grantTags) &&
    (coversEveryTag(message.typeTags) || !message.typeTags.some(isZero)) &&
    areChoices(message.actions, ACTION.write) &&
    areChoices(message.purposes, PURPOSE.PUBHLTH) &&
    message.accessFromSlot <= message.accessToSlot &&
    message.dataFromSlot <= message.dataToSlot
  );
}

function areChoices(numbers: readonly number[], highest: number): boolean {
  return numbers.length >= 1 && isAscending(numbers) && numbers.every((value) => value >= 1 && value <= highest);
}

function apply(context: TxContext, message: PutGrant): Outcome {
  const {state, signer} = context;
  if (!equalBytes(signer.identity, message.patient)) return refused(CODE.notAuthorised);
  const stored = load(state, SLOTS.grant, [message.patient, message.grantId]);
  if (message.typeTags.length === 0) {
    // The terms stay readable under a revoked grant, so that the patient can be told whose it was.
    const version = Math.max(stored?.version ?? 0, message.version);
    return put(context, message, {...(stored ?? create(GrantSchema)), version, revoked: true});
  }
  if (stored !== undefined && message.version <= stored.version) return refused(CODE.grantVersion);
  if (stored?.revoked === true) return refused(CODE.grantRevoked);
  if (!has(state, SLOTS.member, [message.grantee]) && !has(state, SLOTS.organisation, [message.grantee]))
    return refused(CODE.unknownGrantee);
  const {
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
  } = message;
  return put(
    context,
    message,
    create(GrantSchema, {
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
    }),
  );
}

function put(context: TxContext, {patient, grantId, epochStatements}: PutGrant, terms: Grant): Outcome {
  const grant = {...terms, putAtHeight: context.block.height};
  save(context.state, SLOTS.grant, [patient, grantId], grant);
  const {data, taken} = takeStatements(context, {patient, ownerKey: context.signer.key, statements: epochStatements});
  logAccess(context, patient, {case: 'grant', value: {grantId, grant, epochStatements: taken}});
  return done(data);
}
