import {spawn} from 'node:child_process';
import {interrupted} from '../interrupt.js';
import {LaunchError} from '../launch-error.js';

const KEPT_BYTES = 64 * 1024;

export interface ToolRun {
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  runAs?: {uid: number; gid: number} | undefined;
}

/** Runs a program to its end. @throws LaunchError with the end of its output if it fails. */
export function runTool(what: string, run: ToolRun): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(run.command, run.args, {
      cwd: run.cwd,
      env: run.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      signal: interrupted,
      ...run.runAs,
    });
    let output = '';
    const keep = (chunk: Buffer) => {
      output = (output + chunk.toString()).slice(-KEPT_BYTES);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => {
      reject(
        interrupted.aborted
          ? (interrupted.reason as Error)
          : new LaunchError(`${what}: ${run.command} could not be run (${error.message})`),
      );
    });
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(
          new LaunchError(`${what} failed (${signal ?? `exit code ${String(code)}`}).${hint(output)}\n${tail(output)}`),
        );
    });
  });
}

/** The last lines of an output, indented. */
export function tail(output: string, lines = 15): string {
  return output
    .trimEnd()
    .split('\n')
    .slice(-lines)
    .map((line) => `    ${line}`)
    .join('\n');
}

/** What the words of a failed program usually mean. */
export function hint(output: string): string {
  if (/no space left on device|ENOSPC/i.test(output))
    return ' The disk is full: free some space, or put the data (DATA=dir) and the cache (VITALVAULT_CACHE=dir) elsewhere.';
  if (/dial tcp|no such host|connection refused.*proxy|Could not transfer artifact|i\/o timeout/i.test(output))
    return ' The network or a package registry could not be reached; what was fetched is kept, so simply try again.';
  if (/Could not find artifact|unknown revision/i.test(output))
    return ' The package registry that is used here does not have it: is that a mirror that lacks it?';
  if (/checksum mismatch|SECURITY ERROR/i.test(output))
    return ' What was downloaded is not what the committed checksums name: do not use it.';
  return '';
}
