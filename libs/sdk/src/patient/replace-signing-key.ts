import {CODE, LIMITS, build, decodeCanonical, encodeCanonical, equalBytes, fromHex, toHex} from '@vitalvault/contracts';
import {PatientSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Patient} from '@vitalvault/contracts/gen/ledger/v1/state';
import {StatementResultsSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {
  SignedEpochStatementSchema,
  SignedKeySuccessionSchema,
  SigningKeySchema,
} from '@vitalvault/contracts/gen/record/v1/record';
import {openEpochStatement, signKeySuccession} from '@vitalvault/envelope';
import {numberPart} from '@vitalvault/proofs';
import {idOf, newSigningKey, privateHalf, publicHalf} from '../keys/stored-key.js';
import type {StoredKey} from '../keys/stored-key.js';
import type {StateQuery} from '../ledger/verified-ledger.js';
import {SdkError} from '../sdk-error.js';
import {keepPublished, prepareEpochs} from './epochs.js';
import type {StatementOutcome} from './epochs.js';
import type {PatientContext} from './patient-context.js';
import {PatientGrants} from './patient-grants.js';
import type {KeyReplacement, StoredEpoch} from './patient-keys.js';

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
 * Puts a fresh signing key in the place of the current one: her recovery key signs the succession, the same transaction
 * begins a new epoch of each of her types (the old private keys lay beside the key that may have leaked), and the
 * grants that go on get the new epochs' keys. The new key is saved before anything is sent; when a run ends before all
 * is done, the next one goes on with the same key.
 * @throws SdkError `tx-refused`, `tx-timeout`
 * @spec docs/protocol.md §2.4
 */
export async function replaceSigningKey(context: PatientContext): Promise<ReplacedKey> {
  const {keys} = context;
  const replacement = keys.replacement ?? (await begin(context));
  const outcomes = isCurrent(context, replacement) ? [] : await take(context, replacement);
  const rewrapped = await new PatientGrants(context).rewrap();
  keys.replacement = undefined;
  await context.save();
  return {keyId: idOf(keys.signing), successions: keys.successions.length, outcomes, rewrapped};
}

/** With her entry, what one question about the state may hold. */
const MOST_TYPES = LIMITS.epochStatements - 1;

const isCurrent = ({keys}: PatientContext, {signing}: KeyReplacement): boolean =>
  keys.signing.publicKey === signing.publicKey;

async function begin(context: PatientContext): Promise<KeyReplacement> {
  const {keys, ledger, environment} = context;
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
  const published = keys.epochs.filter((epoch) => epoch.published).map(({typeName}) => typeName);
  const types = [...new Set(published)].slice(0, MOST_TYPES);
  const {statements} = await prepareEpochs(context, types, await ledger.slot(), signing);
  keys.replacement = {
    signing,
    succession: toHex(encodeCanonical(SignedKeySuccessionSchema, succession)),
    statements: statements.map((signed) => toHex(encodeCanonical(SignedEpochStatementSchema, signed))),
  };
  await context.save();
  return keys.replacement;
}

/** Her entry, proven. @param signer a key of hers that the ledger knows */
async function onLedger(context: PatientContext, signer: StoredKey): Promise<Patient> {
  const [value] = await context.ledger.state(signer, [patientKey(context)]);
  if (value === undefined) throw new SdkError('not-found', {detail: 'the patient is not on the ledger'});
  return decodeCanonical(PatientSchema, value);
}

const patientKey = ({id}: PatientContext): StateQuery => ({kind: 'patient', parts: [id]});

/** Brings the new key to the ledger unless it is there, and makes it the current one here too. */
async function take(context: PatientContext, replacement: KeyReplacement): Promise<StatementOutcome[]> {
  const {keys} = context;
  const epochs = keys.epochs.filter(({published}) => !published);
  const codes = (await codesOnLedger(context, replacement, epochs)) ?? (await publish(context, replacement, epochs));
  const outcomes = keepPublished(context, epochs, codes);
  keys.signing = replacement.signing;
  keys.successions = [...keys.successions, replacement.succession];
  await context.save();
  return outcomes;
}

async function publish(context: PatientContext, replacement: KeyReplacement, epochs: StoredEpoch[]): Promise<number[]> {
  try {
    const {data} = await context
      .transactionsOfCurrentKey()
      .send(
        {
          case: 'publishKeys',
          value: {
            identity: context.id,
            newSigningKey: build(SigningKeySchema, publicHalf(replacement.signing)),
            epochStatements: replacement.statements.map((bytes) =>
              decodeCanonical(SignedEpochStatementSchema, fromHex(bytes)),
            ),
            succession: decodeCanonical(SignedKeySuccessionSchema, fromHex(replacement.succession)),
          },
        },
        [replacement.signing],
      );
    return decodeCanonical(StatementResultsSchema, data).codes;
  } catch (error) {
    // Of two runs, or an earlier one whose answer was lost, the other one's transaction came first.
    const codes = isRefusal(error) ? await codesOnLedger(context, replacement, epochs) : undefined;
    if (codes === undefined) throw error;
    return codes;
  }
}

const isRefusal = (error: unknown): boolean => error instanceof SdkError && error.code === 'tx-refused';

/** What became of the statements, when the ledger has the new key already; undefined: it has not. */
async function codesOnLedger(
  context: PatientContext,
  {signing}: KeyReplacement,
  epochs: StoredEpoch[],
): Promise<number[] | undefined> {
  const queries = [
    patientKey(context),
    ...epochs.map(({typeTag, epoch}) => ({
      kind: 'epochStatement' as const,
      parts: [context.id, fromHex(typeTag), numberPart(epoch)],
    })),
  ];
  try {
    const [patient, ...statements] = await context.ledger.state(signing, queries);
    const current = patient === undefined ? undefined : decodeCanonical(PatientSchema, patient).signingKey;
    if (current === undefined || !equalBytes(current.publicKey, fromHex(signing.publicKey))) return undefined;
    return epochs.map((epoch, i) => (isStatementOf(epoch, statements[i]) ? CODE.ok : CODE.epochOrder));
  } catch (error) {
    // Only a key that the ledger has may ask.
    if (error instanceof SdkError && error.code === 'unknown-key') return undefined;
    throw error;
  }
}

function isStatementOf({publicKey}: StoredEpoch, value: Uint8Array | undefined): boolean {
  if (value === undefined) return false;
  const signed = decodeCanonical(SignedEpochStatementSchema, value);
  return signed.signature !== undefined && toHex(openEpochStatement(signed, signed.signature).publicKey) === publicKey;
}
