import {STATE_KIND, decodeCanonical} from '@vitalvault/contracts';
import {PatientSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Patient} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {StoredKey} from '../keys/stored-key.js';
import {lookForKey} from '../ledger/until-proven.js';
import type {Look} from '../ledger/until-proven.js';
import {SdkError} from '../sdk-error.js';
import type {PatientContext} from './patient-context.js';
import type {KeyReplacement} from './patient-keys.js';

/**
 * Makes the key that is to replace hers the current one here, when the ledger proves that it is.
 * @returns whether it is
 */
export async function takeIfProven(context: PatientContext): Promise<boolean> {
  const {keys} = context;
  const {replacement} = keys;
  if (replacement === undefined) return false;
  if (keys.signing.publicKey === replacement.signing.publicKey) return true;
  if (!(await lookFor(context, replacement.signing)).isShown) return false;
  await become(context, replacement);
  return true;
}

/** The ledger proved the new key. */
export async function become(context: PatientContext, {signing, succession}: KeyReplacement): Promise<void> {
  context.keys.signing = signing;
  context.keys.successions = [...context.keys.successions, succession];
  await context.save();
}

/** Whether a key is her current one on the ledger. */
export function lookFor(context: PatientContext, signing: StoredKey): Promise<Look> {
  return lookForKey(signing, async () => {
    const {entry, height} = await onLedger(context, signing);
    return {current: entry.signingKey, height};
  });
}

/** Her entry, proven. @param signer a key of hers that the ledger knows */
export async function onLedger(
  {ledger, id}: PatientContext,
  signer: StoredKey,
): Promise<{entry: Patient; height: bigint}> {
  const {answer, header} = await ledger.proofs(signer, {keys: [{kind: STATE_KIND.patient, parts: [id]}]});
  const value = answer.state(STATE_KIND.patient, [id]);
  if (value === undefined) throw new SdkError('not-found', {detail: 'the patient is not on the ledger'});
  return {entry: decodeCanonical(PatientSchema, value), height: header.height};
}
