import {KEY_OWNER, decodeCanonical, keyId, toHex} from '@vitalvault/contracts';
import {KeyOwnerSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
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

/**
 * The wraps that lie at policy for a grant, signed by a proven key of the patient.
 * @throws SdkError `wraps-missing`, `answer-malformed`; EnvelopeError when she did not sign it
 */
export async function depositedWraps(ledger: VerifiedLedger, question: WrapsQuestion): Promise<WrapBundle> {
  const signed = decodeBundle(await fetchBytes(ledger, question));
  const by = signed.signature;
  if (by === undefined || !(await isHers(ledger, question, by)))
    throw new EnvelopeError('bad-signature', 'wraps: not signed by a key of this patient');
  const bundle = openWrapBundle(signed, by);
  const fits =
    bundle.chainId === ledger.chainId &&
    toHex(bundle.patient) === question.patient &&
    toHex(bundle.grantId) === question.grantId &&
    toHex(bundle.grantee) === question.grantee;
  if (!fits) throw new SdkError('wraps-missing', {detail: 'the bundle is of another grant'});
  return bundle;
}

/**
 * Whether a key is or was this patient's, as the ledger proves. A key that she gave up is as good here as the current
 * one: what the bundle says is judged by her epochs on the ledger, and policy takes none by an old key any more.
 */
async function isHers(
  ledger: VerifiedLedger,
  {patient, signer}: WrapsQuestion,
  key: PublicSigningKey,
): Promise<boolean> {
  const [value] = await ledger.state(signer, [{kind: 'keyOwner', parts: [keyId(key)]}]);
  const owner = value === undefined ? undefined : decodeCanonical(KeyOwnerSchema, value);
  return owner?.kind === KEY_OWNER.patient && toHex(owner.identity) === patient;
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
