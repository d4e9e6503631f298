import {Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256} from '@hpke/core';
import {concatBytes, utf8ToBytes} from '@noble/hashes/utils.js';
import {EnvelopeError} from './envelope-error.js';

/** What a sealed value is for; part of HPKE's `info`, so that one never opens as another. */
export type HpkeUse = 'record-key' | 'release-key' | 'release-rekey' | 'release-bundle' | 'wrap' | 'details';

/** Length of the encapsulated key that every sealed value begins with. */
const ENCAPSULATED_BYTES = 32;

/** RFC 9180 base mode: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM. */
export const HPKE_SUITE = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});

/** HPKE `info`: "vitalvault/v1/" || use || 0x00 || canonical context message. @spec docs/protocol.md §1.5 */
export function hpkeInfo(use: HpkeUse, context: Uint8Array): Uint8Array {
  return concatBytes(utf8ToBytes(`vitalvault/v1/${use}\0`), context);
}

/**
 * Seals `plaintext` to an X25519 key: encapsulated key (32) || ciphertext || tag (16); aad is empty.
 * The ephemeral key is the platform's WebCrypto; see `hpkeSealFrom` for randomness that is passed in.
 * @param context canonical bytes of the use's context message
 * @throws EnvelopeError `bad-key` when `publicKey` is none (also: a point of small order)
 */
export async function hpkeSeal(
  use: HpkeUse,
  publicKey: Uint8Array,
  context: Uint8Array,
  plaintext: Uint8Array,
): Promise<Uint8Array> {
  return seal({use, publicKey, context, plaintext});
}

/** What `hpkeSealFrom` takes. `ephemeral`: 32 fresh random bytes that the ephemeral key is derived from, used once. */
export interface HpkeSealing {
  use: HpkeUse;
  publicKey: Uint8Array;
  context: Uint8Array;
  plaintext: Uint8Array;
  ephemeral: Uint8Array;
}

/** Like `hpkeSeal`, with the ephemeral key derived (RFC 9180 DeriveKeyPair) from bytes of the caller. */
export async function hpkeSealFrom(sealing: HpkeSealing): Promise<Uint8Array> {
  return seal(sealing);
}

async function seal({
  use,
  publicKey,
  context,
  plaintext,
  ephemeral,
}: Omit<HpkeSealing, 'ephemeral'> & {ephemeral?: Uint8Array}): Promise<Uint8Array> {
  try {
    const sender = await HPKE_SUITE.createSenderContext({
      recipientPublicKey: await HPKE_SUITE.kem.deserializePublicKey(owned(publicKey)),
      info: owned(hpkeInfo(use, context)),
      ...(ephemeral ? {ekm: owned(ephemeral)} : {}),
    });
    return concatBytes(new Uint8Array(sender.enc), new Uint8Array(await sender.seal(owned(plaintext))));
  } catch (cause) {
    throw new EnvelopeError('bad-key', `cannot seal for ${use}`, {cause});
  }
}

/**
 * Opens what `hpkeSeal` made for the same use and context.
 * @throws EnvelopeError `hpke-open` when anything does not fit: key, use, context, one bit
 */
export async function hpkeOpen(
  use: HpkeUse,
  privateKey: Uint8Array,
  context: Uint8Array,
  sealed: Uint8Array,
): Promise<Uint8Array> {
  if (sealed.length < ENCAPSULATED_BYTES + 16)
    throw new EnvelopeError('hpke-open', `sealed value for ${use} is too short`);
  try {
    const recipient = await HPKE_SUITE.createRecipientContext({
      recipientKey: await HPKE_SUITE.kem.deserializePrivateKey(owned(privateKey)),
      enc: owned(sealed.subarray(0, ENCAPSULATED_BYTES)),
      info: owned(hpkeInfo(use, context)),
    });
    return new Uint8Array(await recipient.open(owned(sealed.subarray(ENCAPSULATED_BYTES))));
  } catch (cause) {
    throw new EnvelopeError('hpke-open', `cannot open the sealed value for ${use}`, {cause});
  }
}

// WebCrypto takes whole buffers of its own kind only: a view into a pool would hand over its neighbours.
function owned(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer;
}
