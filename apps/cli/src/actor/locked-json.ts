import {closeSync, mkdirSync, openSync, readFileSync, rmSync, statSync} from 'node:fs';
import {dirname} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {CliError} from '../cli-error.js';
import {writeSecretFile} from './key-file.js';

const RETRY_MS = 20;
const WAIT_MS = 10_000;
/** A lock older than this was left by a process that died: what it guards takes milliseconds. */
const STALE_MS = 5_000;

/** A small JSON file that several processes of one actor change, one at a time, each change durable as a whole. */
export class LockedJson<T> {
  constructor(
    private readonly path: string,
    private readonly empty: T,
  ) {}

  read(): T {
    let text: string;
    try {
      text = readFileSync(this.path, 'utf8');
    } catch {
      return this.empty;
    }
    try {
      return JSON.parse(text) as T;
    } catch (cause) {
      throw new CliError('file-damaged', `${this.path} is damaged.`, {
        remedy: 'Restore it from your backup; without it numbers could be used twice.',
        cause,
      });
    }
  }

  /** Reads, lets `change` make the new value and a result, writes, and only then gives the result. */
  async update<R>(change: (value: T) => {value: T; result: R}): Promise<R> {
    mkdirSync(dirname(this.path), {recursive: true, mode: 0o700});
    const unlock = await lock(`${this.path}.lock`);
    try {
      const {value, result} = change(this.read());
      writeSecretFile(this.path, `${JSON.stringify(value)}\n`);
      return result;
    } finally {
      unlock();
    }
  }
}

async function lock(path: string): Promise<() => void> {
  for (const deadline = Date.now() + WAIT_MS; ;) {
    try {
      closeSync(openSync(path, 'wx', 0o600));
      return () => {
        rmSync(path, {force: true});
      };
    } catch (cause) {
      if (Date.now() > deadline)
        throw new CliError('file-locked', `${path} does not go away.`, {
          remedy: 'Another vv is at work on these files; if none is, remove the lock.',
          cause,
        });
    }
    if (isStale(path)) rmSync(path, {force: true});
    await sleep(RETRY_MS);
  }
}

function isStale(path: string): boolean {
  const stats = statSync(path, {throwIfNoEntry: false});
  return stats !== undefined && Date.now() - stats.mtimeMs > STALE_MS;
}
