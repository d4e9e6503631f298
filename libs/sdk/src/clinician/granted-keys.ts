import {KEY_OWNER, decodeCanonical, equalBytes, keyId, toHex} from '@vitalvault/contracts';
import {KeyOwnerSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {SignedWrapBundleSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import type {WrapBundle, WrappedEpoch} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {SignedEpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {EnvelopeError, openEpochStatement, openWrapBundle, unwrapEpoch} from '@vitalvault/envelope';
import type {PublicSigningKey} from '@vitalvault/envelope';
import {numberPart} from '@vitalvault/proofs';
import {privateHalf} from '../keys/stored-key.js';
import type {VerifiedLedger} from '../ledger/verified-ledger.js';
import {SdkError} from '../sdk-error.js';
import type {MemberKeys} from './member-keys.js';

/** Epoch private keys of one grant, by tag and epoch, and the types' names. */
export interface GrantedKeys {
  types: {typeName: string; typeTag: string}[];
  /** Undefined: the bundle has no such key. */
  keyOf: (typeTag: Uint8Array, epoch: number) => Uint8Array | undefined;
}

/**
 * Fetches the wraps of a grant and opens them: the bundle signed by a proven key of the patient, each private key
 * giving the public key of an epoch statement that stands on the ledger.
 * @throws SdkError `wraps-missing`, `wraps-wrong` (the patient's fault: she signed the bundle), `answer-malformed`;
 *   EnvelopeError when she did not sign it
 */
export async function grantedKeys(
  keys: MemberKeys,
  ledger: VerifiedLedger,
  patient: string,
  grantId: string,
): Promise<GrantedKeys> {
  const bundle = await fetchBundle(keys, ledger, patient, grantId);
  const published = await publishedKeys(keys, ledger, bundle);
  const opened = new Map<string, Uint8Array>();
  for (const [i, wrap] of bundle.epochs.entries()) {
    if (published[i] === undefined || !equalBytes(published[i], wrap.publicKey)) {
      throw new SdkError('wraps-wrong', {
        detail: `epoch ${wrap.epoch} of ${wrap.typeName} has another public key on the ledger`,
      });
    }
    opened.set(name(wrap.typeTag, wrap.epoch), await unwrapped(wrap, bundle, keys));
  }
  const types = new Map(bundle.epochs.map(({typeName, typeTag}) => [toHex(typeTag), typeName]));
  return {
    types: [...types].map(([typeTag, typeName]) => ({typeTag, typeName})),
    keyOf: (typeTag, epoch) => opened.get(name(typeTag, epoch)),
  };
}

async function unwrapped(wrap: WrappedEpoch, bundle: WrapBundle, {encryption}: MemberKeys): Promise<Uint8Array> {
  try {
    return await unwrapEpoch(wrap, bundle, privateHalf(encryption));
  } catch (cause) {
    if (!(cause instanceof EnvelopeError)) throw cause;
    throw new SdkError('wraps-wrong', {detail: `epoch ${wrap.epoch} of ${wrap.typeName}: ${cause.message}`, cause});
  }
}

const name = (typeTag: Uint8Array, epoch: number): string => `${toHex(typeTag)}/${epoch}`;

async function fetchBundle(
  keys: MemberKeys,
  ledger: VerifiedLedger,
  patient: string,
  grantId: string,
): Promise<WrapBundle> {
  const bytes = await fetchBytes(keys, ledger, `/v1/patients/${patient}/grants/${grantId}/wraps`);
  const signed = decodeBundle(bytes);
  const signer = signed.signature;
  if (signer === undefined || !(await isKeyOf(keys, ledger, {patient, signer})))
    throw new EnvelopeError('bad-signature', 'wraps: not signed by a key of this patient');
  const bundle = openWrapBundle(signed, signer);
  const fits =
    bundle.chainId === ledger.chainId &&
    toHex(bundle.patient) === patient &&
    toHex(bundle.grantId) === grantId &&
    toHex(bundle.grantee) === keys.member;
  if (!fits) throw new SdkError('wraps-missing', {detail: 'the bundle is of another grant'});
  return bundle;
}

/**
 * Whether a key is or was this patient's, as the ledger proves. A key that she gave up is as good here as the current
 * one: what the bundle says is judged by her epochs on the ledger, and policy takes none by an old key any more.
 */
async function isKeyOf(
  keys: MemberKeys,
  ledger: VerifiedLedger,
  {patient, signer}: {patient: string; signer: PublicSigningKey},
): Promise<boolean> {
  const [value] = await ledger.state(keys.signing, [{kind: 'keyOwner', parts: [keyId(signer)]}]);
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

async function fetchBytes(keys: MemberKeys, ledger: VerifiedLedger, path: string): Promise<Uint8Array> {
  try {
    return (await ledger.api.get('policy', path, {signer: keys.signing})).bytes;
  } catch (error) {
    if (!(error instanceof SdkError) || error.code !== 'not-found') throw error;
    throw new SdkError('wraps-missing', {detail: 'the patient deposited no keys for this grant', cause: error});
  }
}

async function publishedKeys(
  keys: MemberKeys,
  ledger: VerifiedLedger,
  bundle: WrapBundle,
): Promise<(Uint8Array | undefined)[]> {
  const found: (Uint8Array | undefined)[] = [];
  // A proof request takes 64 keys.
  for (let at = 0; at < bundle.epochs.length; at += 64) {
    const page = bundle.epochs.slice(at, at + 64);
    const values = await ledger.state(
      keys.signing,
      page.map(({typeTag, epoch}) => ({
        kind: 'epochStatement' as const,
        parts: [bundle.patient, typeTag, numberPart(epoch)],
      })),
    );
    for (const value of values) {
      const signed = value === undefined ? undefined : decodeCanonical(SignedEpochStatementSchema, value);
      found.push(signed?.signature === undefined ? undefined : openEpochStatement(signed, signed.signature).publicKey);
    }
  }
  return found;
}
