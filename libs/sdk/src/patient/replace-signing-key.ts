import {build, decodeCanonical, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {SignedKeySuccessionSchema, SigningKeySchema} from '@vitalvault/contracts/gen/record/v1/record';
import {signKeySuccession} from '@vitalvault/envelope';
import {idOf, newSigningKey, privateHalf, publicHalf} from '../keys/stored-key.js';
import type {TxResult} from '../ledger/transactions.js';
import {untilProven} from '../ledger/until-proven.js';
import {isRefusal} from '../ledger/transactions.js';
import {beginEpochs} from './begin-epochs.js';
import type {Carrier} from './begin-epochs.js';
import {become, lookFor, onLedger, takeIfProven} from './current-key.js';
import {publishedTypes} from './patient-keys.js';
import type {StatementOutcome} from './epochs.js';
import {handOnKeys} from './hand-on-keys.js';
import type {PatientContext} from './patient-context.js';
import type {KeyReplacement} from './patient-keys.js';
import {settle} from './settle.js';
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
 * have leaked), and the grants that go on get the new epochs' keys. All that is new is saved before it is sent, and
 * the old key is kept until the ledger proves the new one; when a run ends before all is done, the next one goes on
 * with the same key.
 * @throws SdkError `tx-refused`, `tx-timeout`
 * @spec docs/protocol.md §2.4
 */
export async function replaceSigningKey(
  context: PatientContext,
  onProgress?: (begun: number, all: number) => void,
): Promise<ReplacedKey> {
  const {keys, ledger} = context;
  // By the key that is current now: a succession may have to wait for days, and what she took back must not.
  await settle(context);
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
  const signing = newSigningKey(environment.random);
  const {entry} = await onLedger(context, keys.signing);
  const {alg, publicKey} = publicHalf(signing);
  const succession = signKeySuccession(
    {
      chainId: ledger.chainId,
      identity: context.id,
      n: entry.successions + 1,
      newKey: build(SigningKeySchema, {alg, publicKey}),
    },
    privateHalf(keys.recovery),
  );
  keys.replacement = {signing, succession: toHex(encodeCanonical(SignedKeySuccessionSchema, succession))};
  keys.epochsDue = publishedTypes(keys);
  await context.save();
  return keys.replacement;
}

/** Brings the new key to the ledger unless it is there, and makes it the current one here too. */
async function take(
  context: PatientContext,
  replacement: KeyReplacement,
  onProgress?: (begun: number, all: number) => void,
): Promise<StatementOutcome[]> {
  if (await takeIfProven(context)) return [];
  const {keys, ledger} = context;
  const {signing} = replacement;
  try {
    const settled = async ({height}: TxResult): Promise<void> => {
      await untilProven(ledger, height, () => lookFor(context, signing));
      await become(context, replacement);
    };
    const carrier = {message: messageOf(context, replacement), signer: signing, settled};
    const fromSlot = await ledger.slot();
    return (await beginEpochs(context, {typeNames: keys.epochsDue, fromSlot, carrier, onProgress})).outcomes;
  } catch (error) {
    // Of two runs, or an earlier one whose answer was lost, the other one's transaction came first.
    const isTaken = keys.signing.publicKey === signing.publicKey;
    if (isTaken || !isRefusal(error) || !(await takeIfProven(context))) throw error;
    return [];
  }
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
