import {createHash} from 'node:crypto';
import {equalBytes} from '@vitalvault/contracts';
import {readAt, readInto} from './durable-file.js';

export const CHECKSUM_BYTES = 32;
/** Length of the payload (uint32 LE), then the checksum. */
export const FRAME_HEADER_BYTES = 4 + CHECKSUM_BYTES;
/** A longer payload is checked before it is held: its length may be what is damaged. */
const HELD_UNCHECKED_BYTES = 1 << 20;
/** Several times what the largest block leaves behind. */
const LONGEST_PAYLOAD_BYTES = 256 << 20;

export interface ChainedRecord {
  readonly payload: Uint8Array;
  /** Place of the payload's first byte in the file. */
  readonly offset: number;
  readonly checksum: Uint8Array;
}

/** A record as one write appends it; the next one is framed with its checksum as `before`. */
export function frameRecord(before: Uint8Array, payload: Uint8Array): {bytes: Uint8Array; checksum: Uint8Array} {
  if (payload.length === 0 || payload.length > LONGEST_PAYLOAD_BYTES)
    throw new RangeError(`a record of ${payload.length} bytes`);
  const length = lengthOf(payload.length);
  const checksum = started(before, length).update(payload).digest();
  return {bytes: Buffer.concat([length, checksum, payload]), checksum};
}

/**
 * Reads the records of a file in their order, each found where the one before it ends. A checksum is over that of the
 * record before, the length and the payload. So whatever bytes a record carries, of this chain or of another, nothing
 * in them is ever taken for a record: nothing is searched, and the first place where the chain does not go on is its
 * end.
 */
export class ChainReader {
  /** Where the good part ends: the place behind the last record that was read. */
  end: number;
  /** Of the last record that was read. */
  checksum: Uint8Array;

  constructor(
    private readonly fd: number,
    private readonly size: number,
    start: {readonly at: number; readonly before: Uint8Array},
  ) {
    this.end = start.at;
    this.checksum = start.before;
  }

  /** @returns undefined where the file ends, or what follows does not continue the chain */
  next(): ChainedRecord | undefined {
    const offset = this.end + FRAME_HEADER_BYTES;
    if (offset > this.size) return undefined;
    const header = Buffer.from(readAt(this.fd, this.end, FRAME_HEADER_BYTES));
    const [length, checksum] = [header.readUInt32LE(0), new Uint8Array(header.subarray(4))];
    if (length === 0 || length > LONGEST_PAYLOAD_BYTES || offset + length > this.size) return undefined;
    if (length > HELD_UNCHECKED_BYTES && !equalBytes(this.checksumOf(offset, length), checksum)) return undefined;
    const payload = readAt(this.fd, offset, length);
    const actual = started(this.checksum, lengthOf(length)).update(payload).digest();
    if (!equalBytes(actual, checksum)) return undefined;
    this.end = offset + length;
    this.checksum = checksum;
    return {payload, offset, checksum};
  }

  private checksumOf(offset: number, length: number): Uint8Array {
    const hash = started(this.checksum, lengthOf(length));
    const buffer = new Uint8Array(HELD_UNCHECKED_BYTES);
    for (let done = 0; done < length; done += buffer.length)
      hash.update(readInto(this.fd, offset + done, buffer.subarray(0, length - done)));
    return hash.digest();
  }
}

function started(before: Uint8Array, length: Uint8Array): ReturnType<typeof createHash> {
  return createHash('sha256').update(before).update(length);
}

function lengthOf(bytes: number): Uint8Array {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes);
  return length;
}
