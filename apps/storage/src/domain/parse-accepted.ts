import {
  JunkMessage,
  LIMITS,
  NewerMessage,
  decodeMessage,
  encodeCanonical,
  taggedHash,
  toHex,
} from '@vitalvault/contracts';
import {RecordAcceptedSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {SkipEntry} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import type {SignedAccepted} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {RecordHeaderSchema, SkipSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {PostedRecord, RecordHeader} from '@vitalvault/contracts/gen/record/v1/record';
import {cidOfHash, isSizeClass, partsOfPosted, recordId} from '@vitalvault/envelope';
import type {Accepted, AcceptedRecord, AcceptedSkip} from './record.js';

export interface ParseOptions {
  readonly chainId: string;
  readonly traceparent: string | undefined;
}

/**
 * A message of vv.records.accepted.v1: a record or a skip. ingest is not trusted with structure: one entry of the wrong
 * shape would make the ledger refuse the whole transaction with everybody's entries. Signatures and rights are the
 * ledger's to judge.
 * @throws JunkMessage; NewerMessage for versions, kinds and sizes of later versions
 */
export function parseAccepted(value: Uint8Array, options: ParseOptions): Accepted {
  const {record, receipt, acceptedAtMs, skip} = decodeMessage(RecordAcceptedSchema, value);
  if (skip !== undefined && record === undefined && receipt === undefined)
    return {kind: 'skip', skip: parseSkip(skip, options)};
  if (record === undefined || receipt === undefined || skip !== undefined)
    throw new JunkMessage('neither record and receipt, nor skip');
  return {kind: 'record', record: parseRecord({record, receipt, acceptedAtMs}, options)};
}

function parseRecord(
  {record, receipt, acceptedAtMs}: {record: PostedRecord; receipt: SignedAccepted; acceptedAtMs: bigint},
  options: ParseOptions,
): AcceptedRecord {
  const header = decodeMessage(RecordHeaderSchema, record.header);
  refuseNewer(record, header);
  if (header.chainId !== options.chainId) throw new JunkMessage('of another ledger');
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
  const skip = decodeMessage(SkipSchema, bytes);
  if (skip.chainId !== options.chainId) throw new JunkMessage('of another ledger');
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
  if (fault !== undefined) throw new JunkMessage(`${fault}: no record or skip has such`);
}

/** What a later version may permit is not for this one to give up. */
function refuseNewer({header: bytes, ciphertext}: PostedRecord, {version, kind, releaseSuite}: RecordHeader): void {
  const known: readonly Rule[] = [
    [version <= 1, 'version'],
    [kind <= 1, 'kind'],
    [releaseSuite <= 1, 'release suite'],
    [bytes.length <= LIMITS.headerBytes, 'size of the header'],
    [ciphertext.length <= LIMITS.recordCiphertextBytes, 'size of the ciphertext'],
  ];
  const unknown = known.find(([holds]) => !holds)?.[1];
  if (unknown !== undefined) throw new NewerMessage(`${unknown}: this version knows none such`);
}

const numberRules = (of: {registration: number; sequence: bigint; tagSequence: bigint}): readonly Rule[] => [
  [of.registration > 0, 'registration'],
  [of.sequence > 0n && of.tagSequence > 0n, 'sequence'],
];

function faultOf(record: PostedRecord, header: RecordHeader): string | undefined {
  const rules: readonly Rule[] = [
    [isSizeClass(record.ciphertext.length), 'ciphertext'],
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
