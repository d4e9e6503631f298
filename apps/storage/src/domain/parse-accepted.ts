import {LIMITS, NotCanonicalError, decodeCanonical, encodeCanonical, taggedHash, toHex} from '@vitalvault/contracts';
import {RecordAcceptedSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {SkipEntry} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {SignedAccepted} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {RecordHeaderSchema, SkipSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {PostedRecord, RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import {cidOfHash, isSizeClass, partsOfPosted, recordId} from '@vitalvault/envelope';
import {DomainError} from '@vitalvault/errors';
import type {Accepted, AcceptedRecord, AcceptedSkip} from './record.js';

export interface ParseOptions {
  readonly chainId: string;
  readonly traceparent: string | undefined;
}

/**
 * A message of vv.records.accepted.v1: a record or a skip. ingest is not trusted with structure: one entry of the wrong
 * shape would make the ledger refuse the whole transaction with everybody's entries. Signatures and rights are the
 * ledger's to judge.
 * @throws DomainError malformed, wrong-chain
 */
export function parseAccepted(value: Uint8Array, options: ParseOptions): Accepted {
  const {record, receipt, acceptedAtMs, skip} = decoded(() => decodeCanonical(RecordAcceptedSchema, value));
  if (skip !== undefined && record === undefined && receipt === undefined)
    return {kind: 'skip', skip: parseSkip(skip, options)};
  if (record === undefined || receipt === undefined || skip !== undefined)
    throw new DomainError('malformed', {detail: 'record and receipt, or skip'});
  return {kind: 'record', record: parseRecord({record, receipt, acceptedAtMs}, options)};
}

function parseRecord(
  {record, receipt, acceptedAtMs}: {record: PostedRecord; receipt: SignedAccepted; acceptedAtMs: bigint},
  options: ParseOptions,
): AcceptedRecord {
  const header = decoded(() => decodeCanonical(RecordHeaderSchema, record.header));
  if (header.chainId !== options.chainId) throw new DomainError('wrong-chain');
  refuseFault(faultOf(record, header));
  const parts = partsOfPosted(record);
  return {
    recordId: toHex(recordId(parts)),
    device: toHex(header.device),
    registration: header.registration,
    sequence: header.sequence,
    patient: toHex(header.patient),
    typeTag: toHex(header.typeTag),
    slot: header.slot,
    ...parts,
    ciphertext: record.ciphertext,
    sealedKey: record.sealedKey,
    signature: record.signature,
    receipt: encodeCanonical(SignedAcceptedSchema, receipt),
    acceptedAtMs,
    cid: cidOfHash(parts.ciphertextHash),
    traceparent: options.traceparent,
  };
}

function parseSkip({skip: bytes, signature}: SkipEntry, options: ParseOptions): AcceptedSkip {
  const skip = decoded(() => decodeCanonical(SkipSchema, bytes));
  if (skip.chainId !== options.chainId) throw new DomainError('wrong-chain');
  const rules: readonly Rule[] = [
    [signature.length === 64, 'signature'],
    [skip.patient.length === 20 && skip.device.length === 20, 'ids'],
    [skip.typeTag.length === 16, 'type tag'],
    ...numberRules(skip),
  ];
  refuseFault(rules.find(([holds]) => !holds)?.[1]);
  return {
    skipId: toHex(taggedHash('skip', bytes)),
    patient: toHex(skip.patient),
    device: toHex(skip.device),
    registration: skip.registration,
    sequence: skip.sequence,
    skip: bytes,
    signature,
    traceparent: options.traceparent,
  };
}

type Rule = readonly [boolean, string];

function refuseFault(fault: string | undefined): void {
  if (fault !== undefined) throw new DomainError('malformed', {detail: fault});
}

const numberRules = (of: {registration: number; sequence: bigint; tagSequence: bigint}): readonly Rule[] => [
  [of.registration > 0, 'registration'],
  [of.sequence > 0n && of.tagSequence > 0n, 'sequence'],
];

function faultOf(record: PostedRecord, header: RecordHeader): string | undefined {
  const rules: readonly Rule[] = [
    [record.header.length <= LIMITS.headerBytes, 'header'],
    [record.ciphertext.length <= LIMITS.recordCiphertextBytes && isSizeClass(record.ciphertext.length), 'ciphertext'],
    [record.sealedKey.length === LIMITS.sealedKeyBytes, 'sealed key'],
    [record.innerKeyHash.length === 32, 'inner key hash'],
    [record.signature.length === 64, 'signature'],
    [header.patient.length === 20 && header.device.length === 20 && header.releaseKeyId.length === 20, 'ids'],
    [header.typeTag.length === 16, 'type tag'],
    [header.version === 1 && header.kind === 1, 'version'],
    ...numberRules(header),
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
