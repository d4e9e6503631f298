import {CODE, equalBytes, KEY_OWNER, keyId} from '@vitalvault/contracts';
import {PublishKeysSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import type {Member, Patient} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {SigningKey} from '@vitalvault/contracts/gen/record/v1/record';
import {numberPart} from '@vitalvault/proofs';
import {logAccess} from '../access-log.js';
import {fillBucket} from '../buckets.js';
import type {QuotaName} from '../buckets.js';
import {takeStatements} from '../epochs.js';
import {areStatements, isEncryptionKey, isIdentity, isSigningKey, isSuccession} from '../field-rules.js';
import {closeBase} from '../holdings.js';
import {assignKey, isFree, retireKey} from '../keys.js';
import {done, invalid, refused} from '../message-rules.js';
import type {MessageOf, MessageRules, Outcome, TxContext} from '../message-rules.js';
import {beginNonces} from '../nonce-window.js';
import {load, save, SLOTS} from '../state-slots.js';
import {isNextSuccession, keepPromise} from '../successions.js';
import {isUsed, useForHerself} from '../used-keys.js';

type PublishKeys = MessageOf<'publishKeys'>;

/**
 * New keys of a patient or member under her stable identity, and a patient's epoch keys. Replacing a patient's signing
 * key needs a succession by her recovery key, so that a stolen phone cannot take her out; who is not on the ledger, a
 * device above all, believes the new key by that succession.
 * @paper ME key distribution; docs/protocol.md §4.3
 */
export const PUBLISH_KEYS: MessageRules<PublishKeys> = {
  level: 'rights',
  schema: PublishKeysSchema,
  fields: {
    identity: isIdentity,
    // Not with a new signing key: an X25519 key cannot sign. Whoever has stolen the old key would read it in the pool,
    // publish it first, and so have what replaces the key refused.
    encryptionKey: (key, {newSigningKey}) => key.length === 0 || (newSigningKey === undefined && isEncryptionKey(key)),
    newSigningKey: (key) => key === undefined || isSigningKey(key),
    epochStatements: (statements, {encryptionKey, newSigningKey}) =>
      areStatements(statements) && (statements.length > 0 || encryptionKey.length > 0 || newSigningKey !== undefined),
    succession: (succession, {newSigningKey}) =>
      succession === undefined || (newSigningKey !== undefined && isSuccession(succession)),
  },
  signatures: ({newSigningKey}) => (newSigningKey === undefined ? [undefined] : [undefined, newSigningKey]),
  maySign: ({kind}) => kind === KEY_OWNER.patient || kind === KEY_OWNER.member,
  bucket: ({identity}) => ({bucket: 'rights', identities: [identity]}),
  ends: (context, message) => (endsSigningKey(context, message) ? 'signingKey' : undefined),
  apply,
};

// Before anything is paid, as it decides what is: a succession with a key that is refused must take no token, or
// anybody who saw it would send it until her bucket is empty. So nothing here may cost more than its signatures do.
function endsSigningKey(context: TxContext, message: PublishKeys): boolean {
  const {identity, succession} = message;
  if (succession === undefined || !equalBytes(context.signer.identity, identity)) return false;
  const patient = load(context.state, SLOTS.patient, [identity]);
  return patient !== undefined && judgeKeys(context, message, patient) === CODE.ok;
}

function apply(context: TxContext, message: PublishKeys): Outcome {
  const {state, signer} = context;
  const patient = load(state, SLOTS.patient, [message.identity]);
  const member = load(state, SLOTS.member, [message.identity]);
  if (patient === undefined && member === undefined) return refused(CODE.unknownIdentity);
  if (!equalBytes(signer.identity, message.identity)) return refused(CODE.notAuthorised);
  if (patient !== undefined) return applyToPatient(context, message, patient);
  return member === undefined ? refused(CODE.unknownIdentity) : applyToMember(context, message, member);
}

function applyToPatient(context: TxContext, message: PublishKeys, patient: Patient): Outcome {
  const {state, signer} = context;
  const {identity, newSigningKey, epochStatements, succession} = message;
  let {successions} = patient;
  const code = context.ends === undefined ? judgeKeys(context, message, patient) : CODE.ok;
  if (code !== CODE.ok) return refused(code);
  if (newSigningKey !== undefined && succession !== undefined) {
    replaceKey(context, newSigningKey);
    refillAfter(context, identity);
    closeBase(context, identity);
    keepPromise(state, successions);
    successions += 1;
    save(state, SLOTS.succession, [identity, numberPart(successions)], succession);
  }
  let {encryptionKey} = patient;
  if (message.encryptionKey.length > 0) {
    ({encryptionKey} = message);
    useForHerself(state, identity, encryptionKey);
  }
  const signingKey = newSigningKey ?? signer.key;
  save(state, SLOTS.patient, [identity], {...patient, signingKey, encryptionKey, successions});
  const {data, taken} = takeStatements(context, {patient: identity, ownerKey: signingKey, statements: epochStatements});
  logAccess(context, identity, {
    case: 'keys',
    value: {signingKeyId: keyId(signingKey, state.sha256), encryptionKey, epochStatements: taken, succession},
  });
  return done(data);
}

// Whether a patient may have these keys: the succession first, by which she is believed at all. Of what comes with one,
// nothing that somebody else could have made the ledger know before may be asked: its keys have signed this message.
function judgeKeys(
  context: TxContext,
  {identity, encryptionKey, newSigningKey, succession}: PublishKeys,
  patient: Patient,
): number {
  if (newSigningKey !== undefined) {
    if (succession === undefined || !isNextSuccession(context, succession, {identity, patient, newKey: newSigningKey}))
      return CODE.keySuccession;
    const isRecovery = equalBytes(newSigningKey.publicKey, patient.recoveryKey?.publicKey ?? new Uint8Array());
    if (!isFree(context.state, newSigningKey) || isRecovery) return CODE.keyTaken;
  }
  if (encryptionKey.length > 0 && isUsed(context.state, identity, encryptionKey)) return CODE.keyTaken;
  return newSigningKey !== undefined && patient.successions >= context.parameters.maxSuccessions
    ? CODE.ceiling
    : CODE.ok;
}

// Whoever had the old key has used up what she may do: the new one begins as on her first day.
function refillAfter(context: TxContext, identity: Uint8Array): void {
  const fill = (bucket: QuotaName, identities: Uint8Array[]): void =>
    fillBucket(context.state, {bucket, identities}, context);
  for (const bucket of ['rights', 'accessRequests'] as const) fill(bucket, [identity]);
  for (const bucket of ['requests', 'refusals'] as const) fill(bucket, [identity, identity]);
}

function applyToMember(context: TxContext, message: PublishKeys, member: Member): Outcome {
  const {state, signer, parameters} = context;
  let {successions} = member;
  if (message.epochStatements.length > 0) return invalid('epoch_statements');
  if (message.succession !== undefined) return invalid('succession');
  if (equalBytes(message.encryptionKey, member.encryptionKey)) return refused(CODE.keyTaken);
  if (message.newSigningKey !== undefined) {
    if (!isFree(state, message.newSigningKey)) return refused(CODE.keyTaken);
    if (successions >= parameters.maxSuccessions) return refused(CODE.ceiling);
    replaceKey(context, message.newSigningKey);
    successions += 1;
  }
  const encryptionKey = message.encryptionKey.length > 0 ? message.encryptionKey : member.encryptionKey;
  save(state, SLOTS.member, [message.identity], {
    ...member,
    signingKey: message.newSigningKey ?? signer.key,
    encryptionKey,
    successions,
  });
  return done();
}

function replaceKey({state, signer}: TxContext, newKey: SigningKey): void {
  retireKey(state, signer.key);
  assignKey(state, newKey, signer.kind, signer.identity);
  // The place of the old key's nonces is the new one's: it must be able to act where there is no room.
  beginNonces(state, keyId(newKey, state.sha256));
}
