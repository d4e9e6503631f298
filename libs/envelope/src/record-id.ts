import {encodeCanonical, sha256Of, taggedHash} from '@vitalvault/contracts';
import {RecordKeyContextSchema, ReleaseKeyContextSchema} from '@vitalvault/contracts/gen/policy/v1/wrap';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {verifyDigest} from './signing.js';

/** What a record id covers, and a device signs: canonical header bytes and three SHA-256 hashes. */
export interface RecordParts {
  header: Uint8Array;
  ciphertextHash: Uint8Array;
  innerKeyHash: Uint8Array;
  sealedKeyHash: Uint8Array;
}

/**
 * T("record", header || SHA-256(ciphertext) || SHA-256(inner key) || SHA-256(sealed key)); 32 bytes. @spec
 * docs/protocol.md §3.2
 */
export function recordId(parts: RecordParts): Uint8Array {
  return taggedHash('record', parts.header, parts.ciphertextHash, parts.innerKeyHash, parts.sealedKeyHash);
}

/** The parts of a record as it was posted. */
export function partsOfPosted(
  posted: Pick<PostedRecord, 'header' | 'ciphertext' | 'sealedKey' | 'innerKeyHash'>,
): RecordParts {
  return {
    header: posted.header,
    ciphertextHash: sha256Of(posted.ciphertext),
    innerKeyHash: posted.innerKeyHash,
    sealedKeyHash: sha256Of(posted.sealedKey),
  };
}

/** Record id of a record as it was posted. */
export function recordIdOfPosted(
  posted: Pick<PostedRecord, 'header' | 'ciphertext' | 'sealedKey' | 'innerKeyHash'>,
): Uint8Array {
  return recordId(partsOfPosted(posted));
}

/** Whether the device whose key this is (33 bytes) signed exactly these parts. @paper CA-18 (IPubK, Data, Sig) */
export function verifyRecord(devicePublicKey: Uint8Array, parts: RecordParts, signature: Uint8Array): boolean {
  return verifyDigest(devicePublicKey, recordId(parts), signature);
}

/** HPKE context of the inner layer. */
export function recordKeyContext(header: Uint8Array): Uint8Array {
  return encodeCanonical(RecordKeyContextSchema, {headerHash: sha256Of(header)});
}

/** HPKE context of the outer layer. */
export function releaseKeyContext(header: Uint8Array, innerKeyHash: Uint8Array): Uint8Array {
  return encodeCanonical(ReleaseKeyContextSchema, {headerHash: sha256Of(header), innerKeyHash});
}
