import {createHash} from 'node:crypto';
import {existsSync} from 'node:fs';
import {copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm} from 'node:fs/promises';
import {join} from 'node:path';
import {REPOSITORY} from '../config.js';
import {progress} from '../progress.js';
import {run} from '../run.js';

/**
 * A fresh installation of the production packages from the lock file, kept by its hash. Not the clone's own
 * node_modules, which somebody may have changed to look for a fault. No script of a package runs.
 */
export async function installPackages(cache: string): Promise<string> {
  const lock = await readFile(join(REPOSITORY, 'package-lock.json'));
  const target = join(cache, `packages-${createHash('sha256').update(lock).digest('hex').slice(0, 16)}`);
  if (existsSync(target)) return target;
  progress('installing production packages (npm ci --omit=dev)');
  await mkdir(cache, {recursive: true});
  const fresh = await mkdtemp(join(cache, 'installing-'));
  try {
    for (const name of ['package.json', 'package-lock.json', '.npmrc'])
      await copyFile(join(REPOSITORY, name), join(fresh, name));
    for (const workspace of workspacesOf(lock.toString('utf8'))) {
      await mkdir(join(fresh, workspace), {recursive: true});
      await copyFile(join(REPOSITORY, workspace, 'package.json'), join(fresh, workspace, 'package.json'));
    }
    await run(
      'npm',
      [
        'ci',
        '--omit=dev',
        '--ignore-scripts',
        '--prefer-offline',
        '--no-progress',
        '--no-update-notifier',
        '--loglevel=error',
      ],
      {cwd: fresh},
    );
    for (const old of await readdir(cache))
      if (old.startsWith('packages-')) await rm(join(cache, old), {recursive: true});
    await rename(fresh, target);
  } finally {
    await rm(fresh, {recursive: true, force: true});
  }
  return target;
}

/** Folders of the workspaces that a lock file knows. */
function workspacesOf(lock: string): string[] {
  const {packages} = JSON.parse(lock) as {packages: Record<string, unknown>};
  return Object.keys(packages).filter((path) => path !== '' && !path.includes('node_modules/'));
}
