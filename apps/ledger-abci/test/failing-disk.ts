import {ftruncateSync, readdirSync, rmSync, writeFileSync, writeSync} from 'node:fs';
import {basename, join} from 'node:path';
import {seededRandom} from '@vitalvault/testkit';
import {SYSTEM_CALLS} from '../src/store/durable-file.js';
import type {FileCalls} from '../src/store/durable-file.js';

/** What a file is on the disk itself, and what was done to it since, which only the system's memory has. */
interface Inode {
  durable: Buffer;
  pending: ((content: Buffer) => Buffer)[];
}

/** How the n-th call ends: the process is gone, the power is, or a sync fails and the pages count as clean. */
export type Failure = 'kill' | 'power' | 'sync';

/**
 * A disk that forgets what was not synced when its power fails: each file keeps some of its last writes, each name that
 * was not synced is there or is not, by a seed. Processes of a spec come and go on it.
 */
export class FailingDisk {
  /** Calls so far, of this process. */
  calls = 0;
  private failAt = Infinity;
  private failure: Failure = 'kill';
  private dead = false;
  private readonly open = new Map<number, Inode>();
  private names = new Map<string, Inode>();
  private durableNames = new Map<string, Inode>();
  private readonly random: (length: number) => Uint8Array;

  constructor(
    private readonly dir: string,
    seed: string,
  ) {
    this.random = seededRandom(seed);
  }

  /** The calls of the next process. @param failAt number of the call that fails; absent: none does */
  process(failAt = Infinity, failure: Failure = 'kill'): FileCalls {
    [this.calls, this.failAt, this.failure, this.dead] = [0, failAt, failure, false];
    const write = (fd: number, bytes: Uint8Array, position: number): number =>
      this.step(
        () => this.written(fd, bytes, position),
        () => this.written(fd, bytes.subarray(0, bytes.length / 2), position),
      );
    const sync = (fd: number): void => {
      this.step(
        () => {
          this.synced(fd);
        },
        () => {
          if (this.failure === 'sync') (this.open.get(fd) as Inode).pending = [];
        },
      );
    };
    return {
      create: (path) => this.step(() => this.opened(SYSTEM_CALLS.create(path), this.named(path))),
      open: (path) => this.step(() => this.opened(SYSTEM_CALLS.open(path), this.names.get(basename(path)))),
      write: (fd, bytes, offset, length, position) => write(fd, bytes.subarray(offset, offset + length), position),
      truncate: (fd, length) => {
        this.step(() => {
          ftruncateSync(fd, length);
          this.open.get(fd)?.pending.push((content) => content.subarray(0, length));
        });
      },
      sync,
      writeLater: (fd, bytes, offset, position) =>
        Promise.resolve().then(() => write(fd, bytes.subarray(offset), position)),
      syncLater: (fd) => Promise.resolve().then(() => sync(fd)),
      rename: (from, to) => {
        this.step(() => {
          SYSTEM_CALLS.rename(from, to);
          this.names.set(basename(to), this.names.get(basename(from)) as Inode);
          this.names.delete(basename(from));
        });
      },
      remove: (path) => {
        this.step(() => {
          SYSTEM_CALLS.remove(path);
          this.names.delete(basename(path));
        });
      },
      syncDirectory: (path) => {
        this.step(() => {
          if (path === this.dir) this.durableNames = new Map(this.names);
        });
      },
    };
  }

  /** The process is gone. Where the power was, what is left of the disk is put into the directory. */
  end(failure: Failure): void {
    this.dead = true;
    this.open.clear();
    if (failure !== 'power') return;
    const left = new Map<string, Inode>();
    for (const name of new Set([...this.names.keys(), ...this.durableNames.keys()])) {
      const inode = (this.below(2) === 0 ? this.names : this.durableNames).get(name);
      if (inode !== undefined) left.set(name, inode);
    }
    for (const name of readdirSync(this.dir)) if (name !== 'lock.sqlite') rmSync(join(this.dir, name));
    for (const inode of new Set(left.values())) this.forget(inode);
    for (const [name, {durable}] of left) writeFileSync(join(this.dir, name), durable);
    [this.names, this.durableNames] = [left, new Map(left)];
  }

  private below(most: number): number {
    return Buffer.from(this.random(4)).readUInt32LE() % most;
  }

  private forget(inode: Inode): void {
    const all = inode.pending.reduce((content, change) => change(content), inode.durable);
    const some = inode.pending.slice(0, this.below(inode.pending.length + 1));
    const kept = some.reduce((content, change) => change(content), inode.durable);
    // The size may be durable before the content is.
    inode.durable =
      this.below(2) === 0 ? kept : Buffer.concat([kept, Buffer.alloc(Math.max(0, all.length - kept.length))]);
    inode.pending = [];
  }

  private step<T>(act: () => T, half: () => unknown = () => undefined): T {
    if (this.dead) throw new Error('the process is gone');
    if (this.calls++ !== this.failAt) return act();
    half();
    this.dead = true;
    throw new Error(`call ${this.failAt} fails: ${this.failure}`);
  }

  private written(fd: number, bytes: Uint8Array, position: number): number {
    const copy = Buffer.from(bytes);
    const count = writeSync(fd, copy, 0, copy.length, position);
    this.open.get(fd)?.pending.push((content) => {
      const longer = Buffer.alloc(Math.max(content.length, position + copy.length));
      longer.set(content);
      longer.set(copy, position);
      return longer;
    });
    return count;
  }

  private synced(fd: number): void {
    const inode = this.open.get(fd);
    if (inode === undefined) return;
    inode.durable = inode.pending.reduce((content, change) => change(content), inode.durable);
    inode.pending = [];
  }

  private named(path: string): Inode {
    const inode = {durable: Buffer.alloc(0), pending: []};
    this.names.set(basename(path), inode);
    return inode;
  }

  private opened(fd: number, inode: Inode | undefined): number {
    if (inode !== undefined) this.open.set(fd, inode);
    return fd;
  }
}
