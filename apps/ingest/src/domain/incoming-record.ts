import {LIMITS, decodeCanonical, toHex} from '@vitalvault/contracts';
import {PostedRecordSchema, PostedRecordsSchema, RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {PostedRecord, RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import {recordIdOfPosted} from '@vitalvault/envelope';
import {DomainError} from '@vitalvault/errors';
import {faultOfRecord} from './check-record.js';
import {codecFault} from './codec-fault.js';

/** A record as posted, with what follows from its bytes alone. */
export interface IncomingRecord {
  readonly posted: PostedRecord;
  readonly header: RecordHeader;
  /** T("record", …): what the device signed; 32 bytes. */
  readonly recordId: Uint8Array;
  readonly number: RecordNumber;
}

/** (device, registration, sequence): the key of idempotence, as it stands in the receipt's path. */
export type RecordNumber = `${string}/${number}/${bigint}`;

export function recordNumber(device: Uint8Array, registration: number, sequence: bigint): RecordNumber {
  return `${toHex(device)}/${registration}/${sequence}`;
}

/** One record or several in one body; by content type. */
export type BodyKind = 'record' | 'records';

/**
 * @throws DomainError for a body that is not canonical, is empty, or is a single record of more bytes than one can
 * have.
 */
export function readBody(kind: BodyKind, body: Uint8Array): PostedRecord[] {
  if (kind === 'record' && body.length > MAX_RECORD_BODY_BYTES)
    throw new DomainError('body-too-large', {meta: {limitBytes: MAX_RECORD_BODY_BYTES}});
  if (body.length === 0) throw new DomainError('malformed', {detail: 'The body is empty.'});
  try {
    const records =
      kind === 'record'
        ? [decodeCanonical(PostedRecordSchema, body)]
        : decodeCanonical(PostedRecordsSchema, body, LIMITS.postFields).records;
    if (records.length === 0) throw new DomainError('malformed', {detail: 'There is no record in the body.'});
    return records;
  } catch (error) {
    throw codecFault(error);
  }
}

/**
 * Checks everything about a record that its own bytes tell: canonical header, version, chain, lengths, size class,
 * limits. Does NOT check who sent it (`check-device.ts`).
 */
export function readRecord(posted: PostedRecord, chainId: string): IncomingRecord | DomainError {
  if (posted.header.length > LIMITS.headerBytes)
    return new DomainError('invalid-field', {detail: `header: more than ${LIMITS.headerBytes} bytes`});
  let header: RecordHeader;
  try {
    header = decodeCanonical(RecordHeaderSchema, posted.header);
  } catch (error) {
    return codecFault(error);
  }
  const fault = faultOfRecord(posted, header, chainId);
  if (fault !== undefined) return fault;
  return {
    posted,
    header,
    recordId: recordIdOfPosted(posted),
    number: recordNumber(header.device, header.registration, header.sequence),
  };
}

/** Ciphertext, header, sealed key, hash and signature of the largest record, with room for the field tags. */
const MAX_RECORD_BODY_BYTES = LIMITS.recordCiphertextBytes + 1_024;
