import {KEY_OWNER, decodeCanonical, equalBytes, fromHex, keyId, toHex} from '@vitalvault/contracts';
import {KeyOwnerSchema, PatientSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {SignedWrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import type {WrapBundle} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {EnvelopeError, openWrapBundle} from '@vitalvault/envelope';
import type {PublicSigningKey} from '@vitalvault/envelope';
import type {StoredKey} from '../keys/stored-key.js';
import {SdkError} from '../sdk-error.js';
import type {VerifiedLedger} from './verified-ledger.js';

/** A grant, by hexadecimal ids, and who asks: its patient or its grantee. */
export interface WrapsQuestion {
  patient: string;
  grantId: string;
  grantee: string;
  signer: StoredKey;
}

/** Keys are judged by the patient's epochs on the ledger; names of types only by her word, which is that of her key. */
export interface DepositedWraps {
  bundle: WrapBundle;
  /** False: she gave up the key that signed the bundle, and its names are not to be believed. */
  byCurrentKey: boolean;
}

/**
 * The wraps that lie at policy for a grant, signed by a proven key of the patient.
 * @throws SdkError `wraps-missing`, `answer-malformed`; EnvelopeError when she did not sign it
 */
export async function depositedWraps(ledger: VerifiedLedger, question: WrapsQuestion): Promise<DepositedWraps> {
  const signed = decodeBundle(await fetchBytes(ledger, question));
  const by = signed.signature;
  const standing = by === undefined ? undefined : await standingOf(ledger, question, by);
  if (by === undefined || standing === undefined)
    throw new EnvelopeError('bad-signature', 'wraps: not signed by a key of this patient');
  const bundle = openWrapBundle(signed, by);
  const fits =
    bundle.chainId === ledger.chainId &&
    toHex(bundle.patient) === question.patient &&
    toHex(bundle.grantId) === question.grantId &&
    toHex(bundle.grantee) === question.grantee;
  if (!fits) throw new SdkError('wraps-missing', {detail: 'the bundle is of another grant'});
  return {bundle, byCurrentKey: standing === 'current'};
}

/**
 * Whether a key is or was this patient's, as the ledger proves. A key that she gave up is as good here as the current
 * one: what the bundle says is judged by her epochs on the ledger, and policy takes none by an old key any more.
 */
async function standingOf(
  ledger: VerifiedLedger,
  {patient, signer}: WrapsQuestion,
  key: PublicSigningKey,
): Promise<'current' | 'retired' | undefined> {
  const [owned, own] = await ledger.state(signer, [
    {kind: 'keyOwner', parts: [keyId(key)]},
    {kind: 'patient', parts: [fromHex(patient)]},
  ]);
  const owner = owned === undefined ? undefined : decodeCanonical(KeyOwnerSchema, owned);
  if (owner?.kind !== KEY_OWNER.patient || toHex(owner.identity) !== patient) return undefined;
  const now = own === undefined ? undefined : decodeCanonical(PatientSchema, own).signingKey;
  return now !== undefined && equalBytes(keyId(now), keyId(key)) ? 'current' : 'retired';
}

function decodeBundle(bytes: Uint8Array) {
  try {
    return decodeCanonical(SignedWrapBundleSchema, bytes);
  } catch (cause) {
    throw new SdkError('answer-malformed', {detail: 'policy did not answer with wrapped keys', cause});
  }
}

async function fetchBytes(ledger: VerifiedLedger, {patient, grantId, signer}: WrapsQuestion): Promise<Uint8Array> {
  try {
    return (await ledger.api.get('policy', `/v1/patients/${patient}/grants/${grantId}/wraps`, {signer})).bytes;
  } catch (error) {
    if (!(error instanceof SdkError) || error.code !== 'not-found') throw error;
    throw new SdkError('wraps-missing', {detail: 'the patient deposited no keys for this grant', cause: error});
  }
}
