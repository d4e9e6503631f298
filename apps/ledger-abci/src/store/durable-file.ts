import {
  closeSync,
  fdatasync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  write,
  writeSync,
} from 'node:fs';
import {dirname, resolve} from 'node:path';
import {promisify} from 'node:util';

/** The system calls that durability hangs on; specs give others to fail at a chosen one, or at a chosen byte. */
export interface FileCalls {
  /** A new file, to be read and written. @throws EEXIST */
  create(path: string): number;
  /** A file that is there, to be read and written. */
  open(path: string): number;
  write(fd: number, bytes: Uint8Array, offset: number, length: number, position: number): number;
  truncate(fd: number, length: number): void;
  sync(fd: number): void;
  /** As `write`, while the process goes on with other things; so is the next. */
  writeLater(fd: number, bytes: Uint8Array, offset: number, position: number): Promise<number>;
  syncLater(fd: number): Promise<void>;
  rename(from: string, to: string): void;
  remove(path: string): void;
  /** Makes the names in a directory durable: what was created or renamed is there after a power cut only then. */
  syncDirectory(path: string): void;
}

export const SYSTEM_CALLS: FileCalls = {
  create: (path) => openSync(path, 'wx+', 0o600),
  open: (path) => openSync(path, 'r+'),
  write: writeSync,
  truncate: ftruncateSync,
  sync: fdatasyncSync,
  writeLater: async (fd, bytes, offset, position) =>
    (await promisify(write)(fd, bytes, offset, bytes.length - offset, position)).bytesWritten,
  syncLater: promisify(fdatasync),
  rename: renameSync,
  remove: rmSync,
  syncDirectory: (path) => {
    const fd = openSync(path, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  },
};

/**
 * Writes all of `bytes` at `position`; a short write goes on where it stopped. @throws the system's error, ENOSPC among
 * them
 */
export function writeAll(fd: number, bytes: Uint8Array, position: number, calls: FileCalls): void {
  for (let done = 0; done < bytes.length;) done += calls.write(fd, bytes, done, bytes.length - done, position + done);
}

/** @throws RangeError when the file ends before that */
export function readAt(fd: number, position: number, length: number): Uint8Array {
  return readInto(fd, position, new Uint8Array(length));
}

/** Fills `bytes`. @throws RangeError when the file ends before that */
export function readInto(fd: number, position: number, bytes: Uint8Array): Uint8Array {
  for (let done = 0; done < bytes.length;) {
    const count = readSync(fd, bytes, done, bytes.length - done, position + done);
    if (count === 0) throw new RangeError('the file ends too soon');
    done += count;
  }
  return bytes;
}

/** Makes a directory and those above it, durably. */
export function makeDirectory(path: string, calls: FileCalls): void {
  const whole = resolve(path);
  const first = mkdirSync(whole, {recursive: true, mode: 0o700});
  if (first === undefined) return;
  for (let made = whole; made.length >= first.length; made = dirname(made)) calls.syncDirectory(dirname(made));
}
