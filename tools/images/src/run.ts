import {spawn} from 'node:child_process';
import {ImagesError} from './images-error.js';

const KEPT_BYTES = 256 * 1024;
const SHOWN_LINES = 25;

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Standard output goes to the terminal instead of the result. */
  show?: boolean;
  /** Ended with SIGTERM after this long; the exit code is then that of its own end. */
  stopAfterMs?: number;
}

export interface Outcome {
  /** Exit code; 127 if the program is not there, 128 + n if signal n ended it. */
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, whatever that is. */
export function outcomeOf(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer =
      options.stopAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGTERM'), options.stopAfterMs);
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      if (options.show === true) process.stdout.write(chunk);
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr = (stderr + chunk.toString()).slice(-KEPT_BYTES);
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({code: 127, stdout, stderr: error.message});
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({code: code ?? 128, stdout, stderr});
    });
  });
}

/** Standard output of a program. @throws ImagesError with the end of its output if it fails. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const {code, stdout, stderr} = await outcomeOf(command, args, options);
  if (code === 0) return stdout;
  const tail = `${stdout}\n${stderr}`
    .trimEnd()
    .split('\n')
    .slice(-SHOWN_LINES)
    .map((line) => `    ${line}`)
    .join('\n');
  throw new ImagesError(`${command} ${args.join(' ').slice(0, 200)} failed (exit code ${code}).\n${tail}`);
}
