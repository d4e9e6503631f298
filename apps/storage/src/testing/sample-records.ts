import {encodeCanonical, sha256Of, toHex} from '@vitalvault/contracts';
import {RecordAcceptedSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {PostedRecordSchema, RecordHeaderSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {create} from '@bufbuild/protobuf';
import {generateSigningKey, recordIdOfPosted, signAccepted, signDigest} from '@vitalvault/envelope';
import {seededRandom} from '@vitalvault/testkit';
import {parseAccepted} from '../domain/parse-accepted.js';
import type {AcceptedRecord} from '../domain/record.js';

export const CHAIN_ID = 'vitalvault-spec';
const random = seededRandom('storage');
const signer = generateSigningKey(random);
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

/** Parts of a message of vv.records.accepted.v1 with a device's signature; nothing in it can be opened. */
export function samplePosted(change: SampleChange = {}) {
  const header = encodeCanonical(RecordHeaderSchema, {
    version: 1, kind: 1, chainId: change.chainId ?? CHAIN_ID, patient: change.patient ?? fixed(1), device: change.device ?? fixed(2), registration: 1,
    typeTag: change.typeTag ?? fixed(3, 16), epoch: 1, slot: change.slot ?? 490_000, sequence: change.sequence ?? 1n, tagSequence: change.sequence ?? 1n, count: 1,
    releaseSuite: 1, releaseKeyId: fixed(4),
  });
  const ciphertext = new Uint8Array(change.ciphertextBytes ?? 256);
  ciphertext.set(sha256Of(Buffer.from(`${change.text ?? 'x'}/${String(change.sequence ?? 1n)}`)));
  const record = create(PostedRecordSchema, {header, ciphertext, sealedKey: fixed(5, 128), innerKeyHash: fixed(6, 32)});
  record.signature = signDigest(signer.privateKey, recordIdOfPosted(record));
  return record;
}

export function sampleMessage(change: SampleChange = {}): Uint8Array {
  const record = samplePosted(change);
  const receipt = signAccepted({chainId: CHAIN_ID, organisation: fixed(7), recordId: recordIdOfPosted(record), device: fixed(2), registration: 1, sequence: change.sequence ?? 1n, acceptedAtMs: 5n}, signer.privateKey);
  return encodeCanonical(RecordAcceptedSchema, {record, receipt, acceptedAtMs: 5n});
}

export const sampleRecord = (change: SampleChange = {}): AcceptedRecord => parseAccepted(sampleMessage(change), {chainId: change.chainId ?? CHAIN_ID, traceparent: undefined});

export const hexOf = (byte: number, length = 20): string => toHex(fixed(byte, length));
