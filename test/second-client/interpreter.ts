import {createHash} from 'node:crypto';
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';

const here = import.meta.dirname;

/** Runs a program. @returns its exit code */
export function run(command: string, args: readonly string[], quiet = false): number {
  const {status, error} = spawnSync(command, args, {stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit']});
  if (error) throw error;
  return status ?? 1;
}

/**
 * Python with the packages of requirements.txt, in a virtual environment of its own: made once per version of that
 * file, in the cache.
 * @returns path of the interpreter
 */
export function interpreter(): string {
  const requirements = join(here, 'requirements.txt');
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const venv = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'vitalvault', `second-client-${version}`);
  const python = join(venv, 'bin', 'python');
  const done = join(venv, '.complete');
  if (existsSync(done)) return python;
  rmSync(venv, {recursive: true, force: true});
  mkdirSync(venv, {recursive: true});
  if (run('python3', ['-m', 'venv', venv], true) !== 0)
    throw new Error('python3 -m venv failed: install python3 (3.10 or newer) with its venv module');
  if (
    run(
      python,
      [
        '-m',
        'pip',
        'install',
        '--quiet',
        '--disable-pip-version-check',
        '--require-hashes',
        '--only-binary=:all:',
        '-r',
        requirements,
      ],
      true,
    ) !== 0
  ) {
    throw new Error('pip could not install test/second-client/requirements.txt');
  }
  writeFileSync(done, '');
  return python;
}
