import {eventually} from '@vitalvault/testkit';
import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {createWriteStream, readFileSync, readlinkSync} from 'node:fs';
import {join} from 'node:path';
import type {Platform} from '../e2e/platform/platform.js';
import {faketime} from './faketime.js';

const START_MS = 120_000;

interface Readyz {
  readonly status: number;
  readonly text: string;
}

/** A service of a running system that is started again with another clock, in everything else as it was. */
export class ShiftedService {
  private constructor(
    private readonly platform: Platform,
    readonly name: string,
    private readonly child: ChildProcess,
  ) {}

  /** @param seconds that its clock is ahead */
  static async start(
    platform: Platform,
    {name, seconds, library}: {name: string; seconds: number; library: string},
  ): Promise<ShiftedService> {
    const {pid} = JSON.parse(readFileSync(join(platform.data, `run/${name}.json`), 'utf8')) as {pid: number};
    const listed = (file: string): string[] => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').slice(0, -1);
    const [[command = '', ...args], cwd] = [listed('cmdline'), readlinkSync(`/proc/${pid}/cwd`)];
    const env = Object.fromEntries(
      listed('environ').map((line) => {
        const at = line.indexOf('=');
        return [line.slice(0, at), line.slice(at + 1)];
      }),
    );
    await platform.control('stop', name);
    const child = spawn(command, args, {
      cwd,
      env: {...env, ...faketime(library, seconds)},
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const log = createWriteStream(join(platform.data, `log/${name}-of-another-time.log`), {flags: 'a'});
    child.stdout.pipe(log, {end: false});
    child.stderr.pipe(log, {end: false});
    const service = new ShiftedService(platform, name, child);
    await eventually(() => service.readyz(), START_MS, 300);
    return service;
  }

  async readyz(): Promise<Readyz> {
    if (this.child.exitCode !== null) throw new Error(`${this.name} ended with ${this.child.exitCode}`);
    const response = await fetch(`${this.platform.endpoints.management[this.name] ?? ''}/readyz`);
    return {status: response.status, text: await response.text()};
  }

  /** Its clock is right again: another process takes its place. */
  async end(): Promise<void> {
    const gone = new Promise((resolve) => this.child.once('exit', resolve));
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGTERM');
      await gone;
    }
    await this.platform.control('start', this.name);
  }
}
