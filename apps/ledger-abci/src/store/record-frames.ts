import {nativeSha256} from '../crypto/native-sha256.js';

/** "VVR1", length of the payload (uint32 LE), first 16 bytes of its SHA-256. */
const MAGIC = Buffer.from('VVR1', 'latin1');
const CHECKSUM_BYTES = 16;
export const FRAME_HEADER_BYTES = MAGIC.length + 4 + CHECKSUM_BYTES;

/** A payload with its frame: what one write appends. */
export function frameRecord(payload: Uint8Array): Uint8Array {
  const frame = Buffer.allocUnsafe(FRAME_HEADER_BYTES + payload.length);
  frame.set(MAGIC, 0);
  frame.writeUInt32LE(payload.length, MAGIC.length);
  frame.set(nativeSha256(payload).subarray(0, CHECKSUM_BYTES), MAGIC.length + 4);
  frame.set(payload, FRAME_HEADER_BYTES);
  return frame;
}

export interface FramedRecord {
  readonly payload: Uint8Array;
  /** Place of the payload's first byte in the file. */
  readonly offset: number;
}

export interface ScannedFile {
  readonly records: readonly FramedRecord[];
  /** Where the good part ends. */
  readonly end: number;
  /** A whole, undamaged record lies somewhere behind `end`: what is damaged was not the last write. */
  readonly damagedInside: boolean;
}

/** Finds the records of a file from `start` on, up to the first damage. */
export function scanRecords(file: Buffer, start: number): ScannedFile {
  const records: FramedRecord[] = [];
  let at = start;
  for (let payload = recordAt(file, at); payload !== undefined; payload = recordAt(file, at)) {
    records.push({payload, offset: at + FRAME_HEADER_BYTES});
    at += FRAME_HEADER_BYTES + payload.length;
  }
  return {records, end: at, damagedInside: hasRecordBehind(file, at)};
}

function recordAt(file: Buffer, at: number): Uint8Array | undefined {
  if (at + FRAME_HEADER_BYTES > file.length || file.compare(MAGIC, 0, MAGIC.length, at, at + MAGIC.length) !== 0)
    return undefined;
  const from = at + FRAME_HEADER_BYTES;
  const payload = file.subarray(from, from + file.readUInt32LE(at + MAGIC.length));
  const checksum = file.subarray(at + MAGIC.length + 4, from);
  return Buffer.from(nativeSha256(payload)).subarray(0, CHECKSUM_BYTES).equals(checksum) ? payload : undefined;
}

function hasRecordBehind(file: Buffer, from: number): boolean {
  for (let at = file.indexOf(MAGIC, from + 1); at >= 0; at = file.indexOf(MAGIC, at + 1)) {
    if (recordAt(file, at) !== undefined) return true;
  }
  return false;
}
