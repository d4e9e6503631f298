import {LIMITS, decodeCanonical, encodeCanonical} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {InnerKeysSchema} from '@vitalvault/contracts/gen/policy/v1/policy';
import {ReleaseBundleContextSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import {EnvelopeError} from './envelope-error.js';
import {hpkeOpen, hpkeSeal} from './hpke.js';

/** What a bundle is bound to: chain, transaction, custodian, the records in their order. */
export type ReleaseBundleContext = FieldsOf<typeof ReleaseBundleContextSchema>;

/** Seals inner keys (80 bytes each, in the order of the context's record ids) to the one-time key of a request. */
export async function sealReleaseBundle(
  context: ReleaseBundleContext,
  readerKey: Uint8Array,
  innerKeys: Uint8Array[],
): Promise<Uint8Array> {
  const plaintext = encodeCanonical(InnerKeysSchema, {innerKeys});
  return hpkeSeal('release-bundle', readerKey, encodeCanonical(ReleaseBundleContextSchema, context), plaintext);
}

/**
 * Opens a bundle: one inner key per record id of the context, in that order.
 * @throws EnvelopeError `hpke-open`; `not-canonical`; `count` when keys and records do not match in number
 * @spec docs/protocol.md §7
 */
export async function openReleaseBundle(
  context: ReleaseBundleContext,
  readerPrivateKey: Uint8Array,
  bundle: Uint8Array,
): Promise<Uint8Array[]> {
  const plaintext = await hpkeOpen(
    'release-bundle',
    readerPrivateKey,
    encodeCanonical(ReleaseBundleContextSchema, context),
    bundle,
  );
  const keys = decodeInnerKeys(plaintext);
  if (keys.length !== context.recordIds.length)
    throw new EnvelopeError('count', 'the bundle has another number of keys than the page has records');
  if (keys.some((key) => key.length !== LIMITS.innerKeyBytes))
    throw new EnvelopeError('bad-key', `an inner key has ${LIMITS.innerKeyBytes} bytes`);
  return keys;
}

function decodeInnerKeys(bytes: Uint8Array): Uint8Array[] {
  try {
    return decodeCanonical(InnerKeysSchema, bytes).innerKeys;
  } catch (cause) {
    throw new EnvelopeError('not-canonical', 'not a canonical list of inner keys', {cause});
  }
}
