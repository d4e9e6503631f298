import {spawn} from 'node:child_process';
import {ClusterError} from './cluster-error.js';

const SHOWN_LINES = 25;

export interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  stdin?: string;
  /** Lines of progress (they begin with a bracket) go to the terminal too. */
  show?: boolean;
  timeoutMs?: number;
}

export interface Outcome {
  /** Exit code; 127 if the program is not there, 128 if a signal ended it. */
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end, whatever that is. */
export function outcomeOf(command: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {cwd: options.cwd, env: options.env, stdio: 'pipe', timeout: options.timeoutMs});
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const outcome = (code: number) => ({
      code,
      stdout: Buffer.concat(stdout).toString(),
      stderr: Buffer.concat(stderr).toString(),
    });
    child.stdout.on('data', (chunk: Buffer) => {
      stdout.push(chunk);
      if (options.show === true && chunk.toString().startsWith('[')) process.stdout.write(chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr.push(chunk);
    });
    child.once('error', (error) => {
      resolve({...outcome(127), stderr: error.message});
    });
    child.once('close', (code) => {
      resolve(outcome(code ?? 128));
    });
    // A program may end without reading all of its input; its exit code says what to think of that.
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.stdin ?? '');
  });
}

/** Standard output of a program. @throws ClusterError with the end of its output if it fails. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const {code, stdout, stderr} = await outcomeOf(command, args, options);
  if (code === 0) return stdout;
  const tail = `${stdout}\n${stderr}`
    .trim()
    .split('\n')
    .slice(-SHOWN_LINES)
    .map((line) => `    ${line}`)
    .join('\n');
  throw new ClusterError(`${command} ${args.join(' ').slice(0, 200)} failed (exit code ${code}).\n${tail}`);
}
