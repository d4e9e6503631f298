import {LIMITS, decodeCanonical, encodeCanonical} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {PayloadSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {Payload} from '@vitalvault/contracts/gen/record/v1/record';
import {deflateSync} from 'fflate';
import {AEAD_TAG_BYTES, NONCE_BYTES} from './aead.js';
import {EnvelopeError} from './envelope-error.js';
import {inflateBounded} from './inflate.js';

const LENGTH_BYTES = 4;
const OVERHEAD_BYTES = NONCE_BYTES + AEAD_TAG_BYTES;

/**
 * Smallest size class (bytes, a power of two from 256 to 65,536) that a ciphertext of `bytes` fits in.
 * @throws EnvelopeError `too-large` above the largest
 */
export function sizeClassFor(bytes: number): number {
  let size: number = LIMITS.smallestSizeClassBytes;
  while (size < bytes) size *= 2;
  if (size > LIMITS.recordCiphertextBytes)
    throw new EnvelopeError('too-large', `${bytes} bytes are more than a record may have`);
  return size;
}

/** Whether a whole ciphertext (nonce, ciphertext, tag) has the length of a size class. */
export function isSizeClass(bytes: number): boolean {
  return bytes >= LIMITS.smallestSizeClassBytes && bytes <= LIMITS.recordCiphertextBytes && (bytes & (bytes - 1)) === 0;
}

/**
 * Plaintext of a record: uint32 (big-endian) length || raw deflate of the canonical Payload || zeros, so long that
 * nonce, ciphertext and tag together are a size class.
 * @spec docs/protocol.md §3.2
 */
export function framePayload(payload: FieldsOf<typeof PayloadSchema>): Uint8Array {
  const deflated = deflateSync(encodeCanonical(PayloadSchema, payload), {level: 9});
  const framed = new Uint8Array(sizeClassFor(OVERHEAD_BYTES + LENGTH_BYTES + deflated.length) - OVERHEAD_BYTES);
  new DataView(framed.buffer).setUint32(0, deflated.length);
  framed.set(deflated, LENGTH_BYTES);
  return framed;
}

/**
 * Reads what `framePayload` made.
 * @throws EnvelopeError `padding` when length or padding is wrong; `inflate` when what stands there is not one deflate
 *   stream from its first byte to its last, or gives more than 1 MiB; `not-canonical` when it holds no canonical
 * Payload
 */
export function unframePayload(framed: Uint8Array): Payload {
  if (framed.length < LENGTH_BYTES) throw new EnvelopeError('padding', 'payload without a length');
  const length = new DataView(framed.buffer, framed.byteOffset).getUint32(0);
  const end = LENGTH_BYTES + length;
  if (end > framed.length) throw new EnvelopeError('padding', 'payload shorter than it says');
  if (framed.subarray(end).some((byte) => byte !== 0)) throw new EnvelopeError('padding', 'padding is not zero');
  const bytes = inflateBounded(framed.subarray(LENGTH_BYTES, end), LIMITS.inflatedPayloadBytes);
  try {
    return decodeCanonical(PayloadSchema, bytes);
  } catch (cause) {
    throw new EnvelopeError('not-canonical', 'not a canonical payload', {cause});
  }
}
