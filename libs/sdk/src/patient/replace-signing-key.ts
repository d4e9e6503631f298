import {build, decodeCanonical, encodeCanonical, equalBytes, fromHex, toHex} from '@vitalvault/contracts';
import {PatientSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Patient} from '@vitalvault/contracts/gen/ledger/v1/state';
import {SignedKeySuccessionSchema, SigningKeySchema} from '@vitalvault/contracts/gen/record/v1/record';
import {signKeySuccession} from '@vitalvault/envelope';
import {idOf, newSigningKey, privateHalf, publicHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import {SdkError} from '../sdk-error.js';
import {beginEpochs} from './begin-epochs.js';
import type {Carrier} from './begin-epochs.js';
import {publishedTypes} from './epochs.js';
import type {StatementOutcome} from './epochs.js';
import {handOnKeys} from './hand-on-keys.js';
import type {PatientContext} from './patient-context.js';
import type {KeyReplacement} from './patient-keys.js';
import {settleSent} from './settle-sent.js';

export interface ReplacedKey {
  /** Key id of the new signing key, hexadecimal. */
  keyId: string;
  /** How often her signing key was replaced by now. */
  successions: number;
  /** Of the epoch that was begun for each type. */
  outcomes: StatementOutcome[];
  /** Grants that go on and got the new epochs' keys. */
  rewrapped: string[];
}

/**
 * Puts a fresh signing key in the place of the current one: her recovery key signs the succession, a new epoch of each
 * of her types begins by it, of the first 64 in the same transaction (the old private keys lay beside the key that may
 * have leaked), and the grants that go on get the new epochs' keys. All that is new is saved before it is sent; when a
 * run ends before all is done, the next one goes on with the same key.
 * @throws SdkError `tx-refused`, `tx-timeout`
 * @spec docs/protocol.md §2.4
 */
export async function replaceSigningKey(
  context: PatientContext,
  onProgress?: (begun: number, all: number) => void,
): Promise<ReplacedKey> {
  const {keys, ledger} = context;
  const replacement = keys.replacement ?? (await begin(context));
  const outcomes = await take(context, replacement, onProgress);
  await settleSent(context);
  const rest = await beginEpochs(context, {typeNames: keys.epochsDue, fromSlot: await ledger.slot(), onProgress});
  for (const grant of keys.grants) grant.wrapsDue = !grant.revoked;
  const handedOn = await handOnKeys(context);
  keys.replacement = undefined;
  await context.save();
  return {
    keyId: idOf(keys.signing),
    successions: keys.successions.length,
    outcomes: [...outcomes, ...rest.outcomes],
    rewrapped: handedOn.map(({grantId}) => grantId),
  };
}

async function begin(context: PatientContext): Promise<KeyReplacement> {
  const {keys, ledger, environment} = context;
  await settleSent(context);
  const signing = newSigningKey(environment.random);
  const {successions} = await onLedger(context, keys.signing);
  const {alg, publicKey} = publicHalf(signing);
  const succession = signKeySuccession(
    {
      chainId: ledger.chainId,
      identity: context.id,
      n: successions + 1,
      newKey: build(SigningKeySchema, {alg, publicKey}),
    },
    privateHalf(keys.recovery),
  );
  keys.replacement = {signing, succession: toHex(encodeCanonical(SignedKeySuccessionSchema, succession))};
  keys.epochsDue = publishedTypes(keys);
  await context.save();
  return keys.replacement;
}

/** Her entry, proven. @param signer a key of hers that the ledger knows */
async function onLedger(context: PatientContext, signer: StoredKey): Promise<Patient> {
  const [value] = await context.ledger.state(signer, [{kind: 'patient', parts: [context.id]}]);
  if (value === undefined) throw new SdkError('not-found', {detail: 'the patient is not on the ledger'});
  return decodeCanonical(PatientSchema, value);
}

/** Brings the new key to the ledger unless it is there, and makes it the current one here too. */
async function take(
  context: PatientContext,
  replacement: KeyReplacement,
  onProgress?: (begun: number, all: number) => void,
): Promise<StatementOutcome[]> {
  const {keys, ledger} = context;
  const {signing} = replacement;
  if (keys.signing.publicKey === signing.publicKey) return [];
  const committed = (): void => {
    keys.signing = signing;
    keys.successions = [...keys.successions, replacement.succession];
  };
  if (!(await isOnLedger(context, signing))) {
    try {
      const types = keys.epochsDue;
      const carrier = {message: messageOf(context, replacement), signer: signing, committed};
      return (await beginEpochs(context, {typeNames: types, fromSlot: await ledger.slot(), carrier, onProgress}))
        .outcomes;
    } catch (error) {
      // Of two runs, or an earlier one whose answer was lost, the other one's transaction came first.
      const isRefusal = error instanceof SdkError && error.code === 'tx-refused';
      if (!isRefusal || !(await isOnLedger(context, signing))) throw error;
    }
  }
  committed();
  await context.save();
  return [];
}

const messageOf =
  (context: PatientContext, {signing, succession}: KeyReplacement): Carrier['message'] =>
  (epochStatements) => ({
    case: 'publishKeys',
    value: {
      identity: context.id,
      newSigningKey: build(SigningKeySchema, publicHalf(signing)),
      epochStatements,
      succession: decodeCanonical(SignedKeySuccessionSchema, fromHex(succession)),
    },
  });

/** Whether the new key is her current one on the ledger. */
async function isOnLedger(context: PatientContext, signing: StoredKey): Promise<boolean> {
  try {
    const {signingKey} = await onLedger(context, signing);
    return signingKey !== undefined && equalBytes(signingKey.publicKey, fromHex(signing.publicKey));
  } catch (error) {
    // Only a key that the ledger has may ask.
    if (error instanceof SdkError && error.code === 'unknown-key') return false;
    throw error;
  }
}
