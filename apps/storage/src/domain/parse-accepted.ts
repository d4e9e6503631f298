import {LIMITS, NotCanonicalError, decodeCanonical, encodeCanonical, toHex} from '@vitalvault/contracts';
import {RecordAcceptedSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {PostedRecord, RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import {cidOfHash, isSizeClass, partsOfPosted, recordId} from '@vitalvault/envelope';
import {DomainError} from '@vitalvault/errors';
import type {AcceptedRecord} from './record.js';

const MAX_HEADER_BYTES = 512;

/**
 * A message of vv.records.accepted.v1 as a record. ingest is not trusted with structure: one entry of the wrong shape would make the ledger refuse the
 * whole transaction with everybody's entries. Signatures and rights are the ledger's to judge.
 * @throws DomainError malformed, wrong-chain
 */
export function parseAccepted(value: Uint8Array, options: {chainId: string; traceparent: string | undefined}): AcceptedRecord {
  const {record, receipt, acceptedAtMs} = decoded(() => decodeCanonical(RecordAcceptedSchema, value));
  if (record === undefined || receipt === undefined) throw new DomainError('malformed', {detail: 'record and receipt'});
  const header = decoded(() => decodeCanonical(RecordHeaderSchema, record.header));
  if (header.chainId !== options.chainId) throw new DomainError('wrong-chain');
  const fault = faultOf(record, header);
  if (fault !== undefined) throw new DomainError('malformed', {detail: fault});
  const parts = partsOfPosted(record);
  return {
    recordId: toHex(recordId(parts)),
    device: toHex(header.device), registration: header.registration, sequence: header.sequence,
    patient: toHex(header.patient), typeTag: toHex(header.typeTag), slot: header.slot,
    ...parts,
    ciphertext: record.ciphertext, sealedKey: record.sealedKey, signature: record.signature,
    receipt: encodeCanonical(SignedAcceptedSchema, receipt), acceptedAtMs,
    cid: cidOfHash(parts.ciphertextHash), traceparent: options.traceparent,
  };
}

function faultOf(record: PostedRecord, header: RecordHeader): string | undefined {
  const rules: readonly (readonly [boolean, string])[] = [
    [record.header.length <= MAX_HEADER_BYTES, 'header'],
    [record.ciphertext.length <= LIMITS.recordCiphertextBytes && isSizeClass(record.ciphertext.length), 'ciphertext'],
    [record.sealedKey.length === LIMITS.sealedKeyBytes, 'sealed key'],
    [record.innerKeyHash.length === 32, 'inner key hash'],
    [record.signature.length === 64, 'signature'],
    [header.patient.length === 20 && header.device.length === 20 && header.releaseKeyId.length === 20, 'ids'],
    [header.typeTag.length === 16, 'type tag'],
    [header.version === 1 && header.kind === 1, 'version'],
    [header.registration > 0 && header.registration < 2 ** 31 && header.slot < 2 ** 31, 'numbers'],
    [header.sequence > 0n && header.sequence < 2n ** 63n && header.tagSequence > 0n, 'sequence'],
  ];
  return rules.find(([holds]) => !holds)?.[1];
}

function decoded<T>(decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (cause instanceof NotCanonicalError) throw new DomainError('malformed', {cause});
    throw cause;
  }
}
