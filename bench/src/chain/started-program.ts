import {spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {setTimeout as delay} from 'node:timers/promises';
import type {Scratch} from '../suite/scratch.js';

export interface ProgramToStart {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** The unix socket that it makes when it is ready. */
  readonly socketPath: string;
}

const READY_MS = 300_000;
const POLL_MS = 10;

/**
 * A program behind a socket, ended with the row.
 * @returns its pid
 * @throws Error with its last words when it ends before it is ready
 */
export async function startProgram(
  {command, args, env, socketPath}: ProgramToStart,
  scratch: Scratch,
): Promise<number> {
  const child = spawn(command, args, {stdio: ['ignore', 'ignore', 'pipe'], ...(env === undefined ? {} : {env})});
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => {
    words = (words + chunk.toString()).slice(-2_000);
  });
  const gone = new Promise((resolve) => child.once('close', resolve));
  scratch.defer(async () => {
    child.kill('SIGTERM');
    await gone;
  });
  const end = Date.now() + READY_MS;
  while (!existsSync(socketPath)) {
    if (child.exitCode !== null || Date.now() > end) throw new Error(`${command} did not start: ${words}`);
    await delay(POLL_MS);
  }
  return child.pid ?? 0;
}
