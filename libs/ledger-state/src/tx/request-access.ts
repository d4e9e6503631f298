import {ACTION, CODE, encodeCanonical, equalBytes, KEY_OWNER, PURPOSE, STATE_KIND} from '@vitalvault/contracts';
import type {Fields} from '@vitalvault/contracts';
import {DecisionSchema, RequestAccessSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {Decision} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {decideAccess} from '@vitalvault/consent';
import type {AccessDecision, Reader} from '@vitalvault/consent';
import {logAccess} from '../access-log.js';
import {blockSlot} from '../block-time.js';
import {spendTokens} from '../buckets.js';
import type {BucketOf} from '../buckets.js';
import {isAny, isEncryptionKey, isHash, isIdentity, isTag} from '../field-rules.js';
import {done, refused} from '../message-rules.js';
import type {MessageOf, MessageRules, Outcome, TxContext} from '../message-rules.js';
import {has, load, save, SLOTS} from '../state-slots.js';

type RequestAccess = MessageOf<'requestAccess'>;

/**
 * A reader asks; the verdict is computed here, so reads and revocations have one order, the chain's. Permitted or
 * refused, the request is a leaf of the patient's access log; on the chain a refusal is one bit.
 * @paper ME protocols 3 and 4 (reads are transactions), DP access log; docs/protocol.md §6
 */
export const REQUEST_ACCESS: MessageRules<RequestAccess> = {
  level: 'reads',
  schema: RequestAccessSchema,
  fields: {
    patient: isIdentity,
    grantId: isTag,
    typeTag: isTag,
    slotFrom: isAny,
    slotTo: (to, {slotFrom}) => slotFrom <= to,
    purpose: (value) => value >= PURPOSE.TREAT && value <= PURPOSE.PUBHLTH,
    action: (value) => value >= ACTION.read && value <= ACTION.write,
    readerKey: isEncryptionKey,
    detailsHash: isHash,
  },
  signatures: () => [undefined],
  maySign: ({kind}) => kind === KEY_OWNER.member || kind === KEY_OWNER.patient,
  bucket: ({identity}) => ({bucket: 'accessRequests', identities: [identity]}),
  apply,
};

function apply(context: TxContext, request: RequestAccess): Outcome {
  const {state, block} = context;
  const {patient, grantId} = request;
  if (!has(state, SLOTS.patient, [patient])) return refused(CODE.unknownIdentity);
  const reader = readerOf(context);
  const grant = load(state, SLOTS.grant, [patient, grantId]);
  const reads = readsUsed(context, request);
  const decision = decideAccess(request, {reader, grant, readsUsed: reads, blockSlot: blockSlot(block)});
  if (!spendTokens(state, bucketsOf(context, patient, decision), context)) return refused(CODE.quota);
  if (decision.permit && decision.byGrant) save(state, SLOTS.readsUsed, [patient, grantId], {reads: reads + 1n});
  const verdict = verdictOf(context, patient, decision, grant?.version ?? 0);
  const organisation = reader.member?.organisation ?? new Uint8Array(0);
  logAccess(context, patient, {case: 'access', value: {reader: reader.id, organisation, request, decision: verdict}});
  return done(encodeCanonical(DecisionSchema, verdict));
}

// Each request is a leaf of the patient's log, for ever. Without these a reader could bury it, most of all under
// refusals; and without the organisation's, one reader after the other could.
function bucketsOf(context: TxContext, patient: Uint8Array, {permit}: AccessDecision): BucketOf[] {
  const reader = context.signer.identity;
  const organisation = standsFor(context, patient);
  const of = (who: Uint8Array): Uint8Array[] => [patient, who];
  const buckets: BucketOf[] = [{bucket: 'requests', identities: of(reader)}];
  if (!permit) buckets.push({bucket: 'refusals', identities: of(reader)});
  if (organisation === undefined) return buckets;
  buckets.push({bucket: 'organisationRequests', identities: of(organisation)});
  if (!permit) buckets.push({bucket: 'organisationRefusals', identities: of(organisation)});
  return buckets;
}

/** Who let the reader in: a member's organisation, another patient's sponsor; nobody for the patient herself. */
function standsFor({state, signer}: TxContext, patient: Uint8Array): Uint8Array | undefined {
  if (equalBytes(signer.identity, patient)) return undefined;
  return signer.kind === KEY_OWNER.member
    ? load(state, SLOTS.member, [signer.identity])?.organisation
    : load(state, SLOTS.patient, [signer.identity])?.sponsor;
}

type Verdict = Fields<Decision>;

function verdictOf(
  {state, block, parameters}: TxContext,
  patient: Uint8Array,
  decision: AccessDecision,
  version: number,
): Verdict {
  const index = state.logSize(STATE_KIND.accessLog, patient);
  if (!decision.permit) return {permit: false, index};
  return {
    permit: true,
    index,
    recordLogSize: state.logSize(STATE_KIND.recordLog, patient),
    grantVersion: decision.byGrant ? version : 0,
    releaseUntilHeight: block.height + BigInt(parameters.releaseBlocks),
    releaseUntilTime: block.time + BigInt(parameters.releaseSeconds),
  };
}

function readsUsed({state}: TxContext, {patient, grantId}: RequestAccess): bigint {
  return load(state, SLOTS.readsUsed, [patient, grantId])?.reads ?? 0n;
}

function readerOf({state, signer}: TxContext): Reader {
  const member = signer.kind === KEY_OWNER.member ? load(state, SLOTS.member, [signer.identity]) : undefined;
  return member === undefined
    ? {id: signer.identity}
    : {id: signer.identity, member: {organisation: member.organisation, suspended: member.suspended}};
}
