import {build, encodeCanonical, sha256Of, toHex} from '@vitalvault/contracts';
import {RecordAcceptedSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {PostedRecordSchema, RecordHeaderSchema, SkipSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {recordIdOfPosted} from '@vitalvault/envelope';
import {parseAccepted} from '../../src/domain/parse-accepted.js';
import type {AcceptedRecord, AcceptedSkip} from '../../src/domain/record.js';

export const CHAIN_ID = 'vitalvault-spec';
const fixed = (byte: number, length = 20): Uint8Array => new Uint8Array(length).fill(byte);

export interface SampleChange {
  readonly sequence?: bigint;
  readonly slot?: number;
  readonly device?: Uint8Array;
  readonly patient?: Uint8Array;
  readonly typeTag?: Uint8Array;
  readonly chainId?: string;
  readonly text?: string;
  readonly ciphertextBytes?: number;
}

/** Parts of a message of vv.records.accepted.v1 as a device posts them; nothing in it can be opened. */
export function samplePosted(change: SampleChange = {}) {
  const header = encodeCanonical(RecordHeaderSchema, {
    version: 1,
    kind: 1,
    chainId: change.chainId ?? CHAIN_ID,
    patient: change.patient ?? fixed(1),
    device: change.device ?? fixed(2),
    registration: 1,
    typeTag: change.typeTag ?? fixed(3, 16),
    epoch: 1,
    slot: change.slot ?? 490_000,
    sequence: change.sequence ?? 1n,
    tagSequence: change.sequence ?? 1n,
    count: 1,
    releaseSuite: 1,
    releaseKeyId: fixed(4),
  });
  return postedUnder(header, change);
}

function postedUnder(header: Uint8Array, change: SampleChange = {}) {
  const ciphertext = new Uint8Array(change.ciphertextBytes ?? 256);
  ciphertext.set(sha256Of(Buffer.from(`${change.text ?? 'x'}/${String(change.sequence ?? 1n)}`)));
  const hidden = {sealedKey: fixed(5, 128), innerKeyHash: fixed(6, 32)};
  const record = build(PostedRecordSchema, {header, ciphertext, ...hidden, signature: new Uint8Array(0)});
  // No real signature: storage leaves it to the ledger, and thousands of them take their time.
  record.signature = Uint8Array.from([...recordIdOfPosted(record), ...fixed(7, 32)]);
  return record;
}

export function sampleMessage(change: SampleChange = {}): Uint8Array {
  return acceptedOf(samplePosted(change));
}

/** A message with the record of any header. */
export const messageOfHeader = (header: Uint8Array): Uint8Array => acceptedOf(postedUnder(header));

function acceptedOf(record: ReturnType<typeof samplePosted>): Uint8Array {
  const receipt = {
    accepted: recordIdOfPosted(record),
    signature: {alg: 1, publicKey: fixed(8, 33), signature: fixed(9, 64)},
  };
  return encodeCanonical(RecordAcceptedSchema, {record, receipt, acceptedAtMs: 5n});
}

export function sampleRecord(change: SampleChange = {}): AcceptedRecord {
  const accepted = parseAccepted(sampleMessage(change), {chainId: change.chainId ?? CHAIN_ID, traceparent: undefined});
  if (accepted.kind !== 'record') throw new Error('no record');
  return accepted.record;
}

export function sampleSkipMessage(change: SampleChange & {signatureBytes?: number} = {}): Uint8Array {
  const skip = encodeCanonical(SkipSchema, {
    chainId: change.chainId ?? CHAIN_ID,
    patient: change.patient ?? fixed(1),
    device: change.device ?? fixed(2),
    registration: 1,
    sequence: change.sequence ?? 1n,
    typeTag: change.typeTag ?? fixed(3, 16),
    tagSequence: 1n,
  });
  return encodeCanonical(RecordAcceptedSchema, {
    skip: {skip, signature: fixed(9, change.signatureBytes ?? 64)},
    acceptedAtMs: 5n,
  });
}

export function sampleSkip(change: SampleChange = {}): AcceptedSkip {
  const accepted = parseAccepted(sampleSkipMessage(change), {chainId: CHAIN_ID, traceparent: undefined});
  if (accepted.kind !== 'skip') throw new Error('no skip');
  return accepted.skip;
}

export const hexOf = (byte: number, length = 20): string => toHex(fixed(byte, length));
