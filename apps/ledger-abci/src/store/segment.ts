import {closeSync, fstatSync} from 'node:fs';
import {join} from 'node:path';
import {equalBytes, sha256Of} from '@vitalvault/contracts';
import {readAt, writeAll} from './durable-file.js';
import type {FileCalls} from './durable-file.js';
import {ChainReader, CHECKSUM_BYTES, frameRecord, FRAME_HEADER_BYTES} from './record-chain.js';
import type {ChainedRecord} from './record-chain.js';
import {StoreError} from './store-error.js';

const MAGIC = Buffer.from('VVCHLG2\n', 'latin1');
/** The same without its number: a changelog of another version is nobody's torn write. */
const FAMILY = MAGIC.subarray(0, 6);
const HEADER_BYTES = MAGIC.length + 8 + 1 + CHECKSUM_BYTES + 32;
const NAME = /^changes-(\d{16})\.vvc$/;

/** What a changelog says of itself. */
export interface SegmentHeader {
  /** Height of its first record. */
  readonly first: number;
  /** Its first record holds genesis: nothing comes before it. */
  readonly hasGenesis: boolean;
  /**
   * Checksum of the record before its first; random where there is none, so that every directory has a chain of its
   * own.
   */
  readonly before: Uint8Array;
}

/** One changelog that is read or written: the records of the blocks from its first height on. */
export class Segment {
  /** Where the last record begins, or the header when there is none. */
  private lastFrom = 0;
  private lastChecksum: Uint8Array;

  private constructor(
    private readonly fd: number,
    readonly header: SegmentHeader,
    private end: number,
    private readonly calls: FileCalls,
  ) {
    this.lastChecksum = header.before;
  }

  static nameOf(first: number): string {
    return `changes-${String(first).padStart(16, '0')}.vvc`;
  }

  /** First height of a changelog by its file name; undefined for other files. */
  static firstOf(name: string): number | undefined {
    const [, first] = NAME.exec(name) ?? [];
    return first === undefined ? undefined : Number(first);
  }

  static create(dir: string, header: SegmentHeader, calls: FileCalls): Segment {
    const fd = calls.create(join(dir, Segment.nameOf(header.first)));
    writeAll(fd, encodeHeader(header), 0, calls);
    calls.sync(fd);
    calls.syncDirectory(dir);
    return new Segment(fd, header, HEADER_BYTES, calls);
  }

  /**
   * Opens a changelog in front of its records. @returns no segment when it has no whole header
   * @throws StoreError when it is of another version: that is nobody's torn write
   */
  static open(path: string, calls: FileCalls): {segment?: Segment; bytes: number} {
    const fd = calls.open(path);
    const {size} = fstatSync(fd);
    const bytes = Buffer.from(readAt(fd, 0, Math.min(size, HEADER_BYTES)));
    const header = decodeHeader(bytes);
    if (header !== undefined) return {segment: new Segment(fd, header, HEADER_BYTES, calls), bytes: size};
    closeSync(fd);
    const begin = bytes.subarray(0, MAGIC.length);
    if (begin.subarray(0, FAMILY.length).equals(FAMILY) && !MAGIC.subarray(0, begin.length).equals(begin))
      throw StoreError.damaged(`${path} is damaged at byte ${FAMILY.length}, or was written by another version`);
    return {bytes: size};
  }

  get first(): number {
    return this.header.first;
  }

  get bytes(): number {
    return this.end;
  }

  /** Of its last record. */
  get checksum(): Uint8Array {
    return this.lastChecksum;
  }

  /** Reads all records. @returns how many bytes stand behind the last good one */
  readAll(onRecord: (record: ChainedRecord) => void): number {
    const {size} = fstatSync(this.fd);
    const reader = new ChainReader(this.fd, size, {at: this.end, before: this.lastChecksum});
    for (let record = reader.next(); record !== undefined; record = reader.next()) {
      onRecord(record);
      [this.lastFrom, this.end, this.lastChecksum] = [this.end, reader.end, reader.checksum];
    }
    return size - this.end;
  }

  /** Cuts off what stands behind the last good record. */
  cut(): void {
    this.calls.truncate(this.fd, this.end);
    this.calls.sync(this.fd);
  }

  /**
   * Makes durable what was read. Where a sync failed before, the system may take the page with the last record for
   * clean though it never reached the disk: it is written once more.
   */
  settle(): void {
    writeAll(this.fd, readAt(this.fd, this.lastFrom, this.end - this.lastFrom), this.lastFrom, this.calls);
    this.calls.sync(this.fd);
  }

  /** Appends a record: one write and one sync. @returns the place of the payload's first byte */
  append(payload: Uint8Array): number {
    const offset = this.end + FRAME_HEADER_BYTES;
    const {bytes, checksum} = frameRecord(this.lastChecksum, payload);
    writeAll(this.fd, bytes, this.end, this.calls);
    this.calls.sync(this.fd);
    this.end += bytes.length;
    this.lastChecksum = checksum;
    return offset;
  }

  close(): void {
    closeSync(this.fd);
  }
}

function encodeHeader({first, hasGenesis, before}: SegmentHeader): Uint8Array {
  const numbers = Buffer.alloc(9);
  numbers.writeBigUInt64LE(BigInt(first));
  numbers.writeUInt8(hasGenesis ? 1 : 0, 8);
  const content = Buffer.concat([MAGIC, numbers, before]);
  return Buffer.concat([content, sha256Of(content)]);
}

function decodeHeader(bytes: Uint8Array): SegmentHeader | undefined {
  if (bytes.length < HEADER_BYTES) return undefined;
  const content = Buffer.from(bytes.subarray(0, HEADER_BYTES - 32));
  if (!content.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  if (!equalBytes(sha256Of(content), bytes.subarray(content.length, HEADER_BYTES))) return undefined;
  return {
    first: Number(content.readBigUInt64LE(MAGIC.length)),
    hasGenesis: content.readUInt8(MAGIC.length + 8) === 1,
    before: new Uint8Array(content.subarray(MAGIC.length + 9)),
  };
}
