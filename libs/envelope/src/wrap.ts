import {build, encodeCanonical, equalBytes} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {WrapContextSchema, WrappedEpochSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import type {WrapBundle, WrappedEpoch} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {encryptionPublicKeyOf} from './encryption-key.js';
import {EnvelopeError} from './envelope-error.js';
import {hpkeOpen, hpkeSealFrom} from './hpke.js';
import type {RandomBytes} from './signing.js';

/** An epoch of one tag with its private key, and who it is for. */
export interface EpochToWrap {
  /** Names chain, patient, grant, grantee, tag and epoch: the wrap opens for nothing else. */
  context: FieldsOf<typeof WrapContextSchema>;
  typeName: string;
  epochPrivateKey: Uint8Array;
  granteePublicKey: Uint8Array;
  random: RandomBytes;
}

/** Seals an epoch's private key to a grantee. @paper ME-34; DP re-encryption by wrap @spec docs/protocol.md §7 */
export async function wrapEpoch(epoch: EpochToWrap): Promise<WrappedEpoch> {
  const sealed = await hpkeSealFrom({
    use: 'wrap',
    publicKey: epoch.granteePublicKey,
    context: encodeCanonical(WrapContextSchema, epoch.context),
    plaintext: epoch.epochPrivateKey,
    ephemeral: epoch.random(32),
  });
  return build(WrappedEpochSchema, {
    typeTag: epoch.context.typeTag,
    typeName: epoch.typeName,
    epoch: epoch.context.epoch,
    publicKey: encryptionPublicKeyOf(epoch.epochPrivateKey),
    sealed,
  });
}

/**
 * Opens one wrap of a bundle and checks that the private key gives the published public key.
 * @param bundle the bundle it came in, signature already checked
 * @throws EnvelopeError `hpke-open`, `epoch-key`
 */
export async function unwrapEpoch(
  wrap: WrappedEpoch,
  bundle: WrapBundle,
  granteePrivateKey: Uint8Array,
): Promise<Uint8Array> {
  const {chainId, patient, grantId, grantee} = bundle;
  const context = encodeCanonical(WrapContextSchema, {
    chainId,
    patient,
    grantId,
    grantee,
    typeTag: wrap.typeTag,
    epoch: wrap.epoch,
  });
  const epochPrivateKey = await hpkeOpen('wrap', granteePrivateKey, context, wrap.sealed);
  if (epochPrivateKey.length !== 32 || !equalBytes(encryptionPublicKeyOf(epochPrivateKey), wrap.publicKey)) {
    throw new EnvelopeError('epoch-key', 'the wrapped key is not the private key of that epoch');
  }
  return epochPrivateKey;
}
