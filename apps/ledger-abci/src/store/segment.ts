import {closeSync, fstatSync, ftruncateSync, openSync, readFileSync} from 'node:fs';
import {basename, dirname, join} from 'node:path';
import {readAt, syncDirectory, SYSTEM_CALLS, writeAll} from './durable-file.js';
import type {FileCalls} from './durable-file.js';
import {frameRecord, FRAME_HEADER_BYTES, scanRecords} from './record-frames.js';
import type {ScannedFile} from './record-frames.js';
import {StoreError} from './store-error.js';

const HEADER = Buffer.from('VVCHLG1\n', 'latin1');
const NAME = /^changes-(\d{16})\.vvc$/;

/** One changelog: the records of the blocks from its first height on. */
export class Segment {
  private constructor(
    private readonly fd: number,
    readonly first: number,
    private end: number,
    private readonly calls: FileCalls,
  ) {}

  static nameOf(first: number): string {
    return `changes-${String(first).padStart(16, '0')}.vvc`;
  }

  /** First height of a changelog by its file name; undefined for other files. */
  static firstOf(name: string): number | undefined {
    const [, first] = NAME.exec(name) ?? [];
    return first === undefined ? undefined : Number(first);
  }

  static create(dir: string, first: number, calls: FileCalls = SYSTEM_CALLS): Segment {
    const fd = openSync(join(dir, Segment.nameOf(first)), 'wx+', 0o600);
    writeAll(fd, HEADER, 0, calls);
    calls.sync(fd);
    syncDirectory(dir);
    return new Segment(fd, first, HEADER.length, calls);
  }

  /**
   * Opens a changelog and gives its records. A torn last record of the newest changelog was never committed: it is cut
   * off and CometBFT replays the block.
   * @throws StoreError when anything else is damaged.
   */
  static open(
    path: string,
    newest: boolean,
    calls: FileCalls = SYSTEM_CALLS,
  ): {segment: Segment; scanned: ScannedFile; cut: number} {
    const first = Segment.firstOf(basename(path)) as number;
    const file = readFileSync(path);
    // Created, but killed before its header was durable: nothing was ever committed to it.
    const unborn = newest && file.length < HEADER.length;
    if (!unborn && !file.subarray(0, HEADER.length).equals(HEADER)) throw damaged(path, 0);
    const scanned = unborn ? {records: [], end: HEADER.length, damagedInside: false} : scanRecords(file, HEADER.length);
    const cut = Math.max(0, file.length - scanned.end);
    if (scanned.damagedInside || (cut > 0 && !newest)) throw damaged(path, scanned.end);
    const fd = openSync(path, 'r+');
    if (unborn) writeAll(fd, HEADER, 0, calls);
    if (unborn || cut > 0) {
      ftruncateSync(fd, scanned.end);
      calls.sync(fd);
      syncDirectory(dirname(path));
    }
    return {segment: new Segment(fd, first, scanned.end, calls), scanned, cut};
  }

  /** Opens a changelog that a snapshot covers, for its leaves: they are checked one by one when they are read. */
  static openArchived(path: string, calls: FileCalls = SYSTEM_CALLS): Segment {
    const fd = openSync(path, 'r');
    const {size} = fstatSync(fd);
    if (size < HEADER.length || !HEADER.equals(readAt(fd, 0, HEADER.length))) throw damaged(path, 0);
    return new Segment(fd, Segment.firstOf(basename(path)) as number, size, calls);
  }

  get bytes(): number {
    return this.end;
  }

  /** Appends a record: one write and one fdatasync. @returns the place of the payload's first byte */
  append(payload: Uint8Array): number {
    const offset = this.end + FRAME_HEADER_BYTES;
    const frame = frameRecord(payload);
    writeAll(this.fd, frame, this.end, this.calls);
    this.calls.sync(this.fd);
    this.end += frame.length;
    return offset;
  }

  read(offset: number, length: number): Uint8Array {
    return readAt(this.fd, offset, length);
  }

  close(): void {
    closeSync(this.fd);
  }
}

function damaged(path: string, at: number): StoreError {
  return new StoreError(
    `${path} is damaged at byte ${at} and committed blocks lie behind it; restore the state directory from a backup, or delete it and let CometBFT replay every block`,
  );
}
