import {decodeCanonical, equalBytes, toHex} from '@vitalvault/contracts';
import type {WrapBundle, WrappedEpoch} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {SignedEpochStatementSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {EnvelopeError, openEpochStatement, unwrapEpoch} from '@vitalvault/envelope';
import {numberPart} from '@vitalvault/proofs';
import {privateHalf} from '../keys/stored-key.js';
import {depositedWraps} from '../ledger/deposited-wraps.js';
import type {VerifiedLedger} from '../ledger/verified-ledger.js';
import {SdkError} from '../sdk-error.js';
import type {MemberKeys} from './member-keys.js';

/** Epoch private keys of one grant, by tag and epoch, and the types' names. */
export interface GrantedKeys {
  /** None when she gave up the key that signed the bundle: nothing on the ledger holds a name against. */
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
  const question = {patient, grantId, grantee: keys.member, signer: keys.signing};
  const {bundle, byCurrentKey} = await depositedWraps(ledger, question);
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
  const types = new Map((byCurrentKey ? bundle.epochs : []).map(({typeName, typeTag}) => [toHex(typeTag), typeName]));
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
