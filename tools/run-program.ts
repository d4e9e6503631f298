import {spawn} from 'node:child_process';
import {constants, setPriority} from 'node:os';
import {createInterface} from 'node:readline';

export type Command = readonly [program: string, ...args: string[]];

export interface ProgramOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Gets standard output line by line instead of the terminal. */
  readonly onLine?: ((line: string) => void) | undefined;
  /** Says that its result is written, so that it may no longer take long. */
  readonly done?: (() => boolean) | undefined;
  /** Runs at the lowest priority; both outputs are told under this heading when it has ended. */
  readonly aside?: string | undefined;
}

/**
 * Nothing here takes a third of this. A runner that does not end is ended, and counts as failed, so that the last line
 * is always written.
 */
const LIMIT_MS = 30 * 60_000;
/** What a runner that has written its result may still take to end. */
const FAREWELL_MS = 30_000;

/** @returns the exit code, or in words which signal ended it; 127 if it is not there */
export function runProgram(command: Command, options: ProgramOptions): Promise<number | string> {
  const {cwd, env, onLine, done = () => false, aside} = options;
  const [program, ...args] = command;
  return new Promise((resolve) => {
    const piped = (wanted: boolean): 'pipe' | 'inherit' => (wanted ? 'pipe' : 'inherit');
    const child = spawn(program, args, {
      cwd,
      env,
      stdio: ['ignore', piped(onLine !== undefined || aside !== undefined), piped(aside !== undefined)],
    });
    const kept: Buffer[] = [];
    if (aside !== undefined) {
      if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_LOW);
      for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk: Buffer) => kept.push(chunk));
    }
    const end = (reason: string): void => {
      console.error(`${command.slice(0, 4).join(' ')} … ${reason}: ended`);
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
    };
    const limit = setTimeout(end, LIMIT_MS, `runs for ${String(LIMIT_MS / 60_000)} minutes`);
    let farewell: NodeJS.Timeout | undefined;
    const watch = setInterval(() => {
      if (farewell === undefined && done())
        farewell = setTimeout(end, FAREWELL_MS, 'wrote its result but holds something open');
    }, 1000);
    const settle = (result: number | string): void => {
      clearTimeout(limit);
      clearTimeout(farewell);
      clearInterval(watch);
      if (aside !== undefined)
        process.stdout.write(Buffer.concat([Buffer.from(`\n== ${aside} (beside another step)\n`), ...kept]));
      resolve(result);
    };
    if (onLine !== undefined && child.stdout !== null) createInterface({input: child.stdout}).on('line', onLine);
    child.on('error', (error) => {
      console.error(String(error));
      settle(127);
    });
    child.on('close', (code, signal) => {
      settle(code ?? `signal ${String(signal)}`);
    });
  });
}
