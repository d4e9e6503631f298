import {closeSync, fdatasyncSync, fsyncSync, openSync, readSync, writeSync} from 'node:fs';

/** The system calls that durability hangs on; specs give others to fail at a chosen byte. */
export interface FileCalls {
  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  sync(fd: number): void;
}

export const SYSTEM_CALLS: FileCalls = {write: writeSync, sync: fdatasyncSync};

/**
 * Writes all of `bytes` at `position`; a short write goes on where it stopped. @throws the system's error, ENOSPC among
 * them
 */
export function writeAll(fd: number, bytes: Uint8Array, position: number, calls: FileCalls = SYSTEM_CALLS): void {
  for (let done = 0; done < bytes.length;) done += calls.write(fd, bytes, done, bytes.length - done, position + done);
}

export function readAt(fd: number, position: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const count = readSync(fd, bytes, done, length - done, position + done);
    if (count === 0) throw new RangeError('the file ends too soon');
    done += count;
  }
  return bytes;
}

/** Makes the names in a directory durable: a file that was created or renamed is there after a power cut only then. */
export function syncDirectory(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
