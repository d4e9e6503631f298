import {createHash} from 'node:crypto';
import {spawnSync} from 'node:child_process';
import {existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync} from 'node:fs';
import {homedir} from 'node:os';
import {join} from 'node:path';

const here = import.meta.dirname;

/** Runs a program. @returns its exit code */
export function run(command: string, args: readonly string[], quiet = false): number {
  const {status, error} = spawnSync(command, args, {stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit']});
  if (error) throw error;
  return status ?? 1;
}

const INSTALL = '-m pip install --quiet --disable-pip-version-check --require-hashes --only-binary=:all: -r'.split(' ');

/**
 * Python with the packages of requirements.txt, in a virtual environment of its own: made once per version of that
 * file, in the cache. It is made beside and then given its name, so that it is there whole or not at all, also when two
 * make it at once.
 * @returns path of the interpreter
 */
export function interpreter(): string {
  const requirements = join(here, 'requirements.txt');
  const version = createHash('sha256').update(readFileSync(requirements)).digest('hex').slice(0, 16);
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'vitalvault');
  const venv = join(cache, `second-client-${version}`);
  if (!isWhole(venv)) {
    mkdirSync(cache, {recursive: true});
    const beside = mkdtempSync(`${venv}.`);
    try {
      make(beside, requirements);
      take(beside, venv);
    } finally {
      rmSync(beside, {recursive: true, force: true});
    }
  }
  return pythonOf(venv);
}

const pythonOf = (venv: string): string => join(venv, 'bin', 'python');
const isWhole = (venv: string): boolean => existsSync(join(venv, '.complete'));

function make(venv: string, requirements: string): void {
  if (run('python3', ['-m', 'venv', venv], true) !== 0)
    throw new Error('python3 -m venv failed: install python3 (3.10 or newer) with its venv module');
  // Through python: the scripts of bin/ have the path of the folder in them, which is renamed.
  if (run(pythonOf(venv), [...INSTALL, requirements], true) !== 0)
    throw new Error('pip could not install test/second-client/requirements.txt');
  writeFileSync(join(venv, '.complete'), '');
}

/** Of two who made it the first one's stays; what is there by half is nobody's. */
function take(beside: string, venv: string): void {
  if (existsSync(venv) && !isWhole(venv)) rmSync(venv, {recursive: true, force: true});
  try {
    renameSync(beside, venv);
  } catch (error) {
    if (!isWhole(venv)) throw error;
  }
}
