import {mkdirSync, readFileSync} from 'node:fs';
import {dirname} from 'node:path';
import {CliError} from '../cli-error.js';
import {claimFile} from './claim-home.js';
import type {Claiming} from './claim-home.js';
import {writeSecretFile} from './key-file.js';

const WAIT_MS = 10_000;

/** A small JSON file that several processes of one actor change, one at a time, each change durable as a whole. */
export class LockedJson<T> {
  constructor(
    private readonly path: string,
    private readonly empty: T,
    private readonly claiming: Pick<Claiming, 'takeOver'> = {},
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
    const unlock = await claimFile(`${this.path}.lock`, {...this.claiming, waitMs: WAIT_MS});
    try {
      const {value, result} = change(this.read());
      writeSecretFile(this.path, `${JSON.stringify(value)}\n`);
      return result;
    } finally {
      unlock();
    }
  }
}
