import {decodeCanonical, fromHex} from '@vitalvault/contracts';
import {PostedRecordSchema, RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import type {PendingRecord} from './device-stores.js';

/** What a pending record was sealed under: owner, registration, tag, epoch, hour. */
export function sealedUnder({posted}: PendingRecord): RecordHeader {
  return decodeCanonical(RecordHeaderSchema, decodeCanonical(PostedRecordSchema, fromHex(posted)).header);
}
