import {decodeCanonical, equalBytes, sha256Of} from '@vitalvault/contracts';
import {RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {Payload, RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import {aeadOpen} from './aead.js';
import {EnvelopeError} from './envelope-error.js';
import {hpkeOpen} from './hpke.js';
import {isSizeClass, unframePayload} from './payload.js';
import {recordKeyContext, releaseKeyContext, verifyRecord} from './record-id.js';

/**
 * Opens the outer layer with the custodian's release key: 128 bytes → inner key, 80 bytes, which is checked against the
 * hash that the device signed. Only policy may call this, after the decision was verified and the alert is durable.
 * @throws EnvelopeError `hpke-open`, `inner-key-hash`
 * @spec docs/protocol.md §7
 */
export async function openSealedKey(
  sealed: {header: Uint8Array; innerKeyHash: Uint8Array; sealedKey: Uint8Array},
  releasePrivateKey: Uint8Array,
): Promise<Uint8Array> {
  const innerKey = await hpkeOpen(
    'release-key',
    releasePrivateKey,
    releaseKeyContext(sealed.header, sealed.innerKeyHash),
    sealed.sealedKey,
  );
  if (!equalBytes(sha256Of(innerKey), sealed.innerKeyHash))
    throw new EnvelopeError('inner-key-hash', 'the inner key is not the one that the device signed');
  return innerKey;
}

/** A record as its reader has it: from a release page, with the inner key out of the bundle. */
export interface RecordToOpen {
  /** Canonical bytes of the RecordHeader as received: the AAD. */
  header: Uint8Array;
  ciphertext: Uint8Array;
  ciphertextHash: Uint8Array;
  innerKey: Uint8Array;
  innerKeyHash: Uint8Array;
  sealedKeyHash: Uint8Array;
  signature: Uint8Array;
  /** 33 bytes; the caller knows from a proof that it is the device's of the header. */
  devicePublicKey: Uint8Array;
  /** X25519 private key of the header's tag and epoch, 32 bytes. */
  epochPrivateKey: Uint8Array;
}

export interface OpenedRecord {
  header: RecordHeader;
  payload: Payload;
}

/**
 * Checks a record in full and opens it: hashes, the device's signature, inner key, AAD, padding, count.
 * Does NOT check the schema of the readings, gaps between records, or whose the device is.
 * @throws EnvelopeError with the code of the first thing that does not fit
 * @paper ME protocol 4
 * @spec docs/protocol.md §3, §7
 */
export async function openRecord(record: RecordToOpen): Promise<OpenedRecord> {
  if (!equalBytes(sha256Of(record.ciphertext), record.ciphertextHash))
    throw new EnvelopeError('ciphertext-hash', 'the ciphertext is not the one that the device signed');
  if (!equalBytes(sha256Of(record.innerKey), record.innerKeyHash))
    throw new EnvelopeError('inner-key-hash', 'the inner key is not the one that the device signed');
  if (!verifyRecord(record.devicePublicKey, record, record.signature))
    throw new EnvelopeError('bad-signature', 'the device did not sign this record');
  const header = decodeHeader(record.header);
  if (!isSizeClass(record.ciphertext.length))
    throw new EnvelopeError('size-class', 'the ciphertext has no length of a size class');
  const dek = await hpkeOpen('record-key', record.epochPrivateKey, recordKeyContext(record.header), record.innerKey);
  const payload = unframePayload(aeadOpen(dek, record.ciphertext, record.header));
  if (payload.readings.length !== header.count)
    throw new EnvelopeError('count', `the header says ${header.count} readings, inside are ${payload.readings.length}`);
  return {header, payload};
}

function decodeHeader(bytes: Uint8Array): RecordHeader {
  try {
    return decodeCanonical(RecordHeaderSchema, bytes);
  } catch (cause) {
    throw new EnvelopeError('not-canonical', 'not a canonical record header', {cause});
  }
}
