import {existsSync} from 'node:fs';
import {chmod, copyFile, lstat, mkdir, readdir, readFile, symlink} from 'node:fs/promises';
import {join} from 'node:path';
import {REPOSITORY} from '../config.js';
import {contentHash} from '../content-hash.js';
import {ImagesError} from '../images-error.js';
import {megabytes, progress} from '../progress.js';
import type {Component} from '../sbom/bom.js';
import {npmComponents} from '../sbom/npm-components.js';
import {copyTree} from './copy-tree.js';
import type {Copied} from './copy-tree.js';
import {installPackages} from './install-packages.js';
import {packageName, productionPackages} from './production-packages.js';
import type {Lock} from './production-packages.js';
import {isPruned} from './pruned-file.js';
import type {StageContext} from './recipe.js';
import {importedLibraries, isShipped} from './shipped-file.js';

/** The programs of the product; what they import comes with them. */
export const APPS = ['ingest', 'policy', 'storage', 'notify', 'ledger-abci', 'cli', 'installer'].map(
  (name) => `apps/${name}`,
);
const PREFIX = 'opt/vitalvault';
const PLATFORM = {os: 'linux', cpu: process.arch, libc: 'glibc'};
const isSource = (path: string): boolean => isShipped(path) || path.endsWith('.sql') || path.endsWith('package.json');

/** Hash of everything that `stageApp` takes. */
export async function appInputs(): Promise<string> {
  const parts = await projects();
  const paths = parts.flatMap((part) =>
    ['package.json', 'dist', 'prisma/migrations'].map((name) => join(REPOSITORY, part, name)),
  );
  return contentHash(
    [join(REPOSITORY, 'package-lock.json'), ...paths.filter((path) => existsSync(path))],
    (path) => path.endsWith('package-lock.json') || isSource(path),
  );
}

/** Node, the production packages, every app and the libraries they import, and the SQL migrations. */
export async function stageApp({root, cache}: StageContext): Promise<Component[]> {
  const [target, parts] = [join(root, PREFIX), await projects()];
  for (const part of parts) {
    const from = join(REPOSITORY, part);
    await copyTree(join(from, 'dist'), join(target, part, 'dist'), isShipped);
    if (existsSync(join(from, 'prisma/migrations')))
      await copyTree(join(from, 'prisma/migrations'), join(target, part, 'prisma/migrations'));
    await copyPlain(join(from, 'package.json'), join(target, part, 'package.json'));
  }
  await copyPlain(join(REPOSITORY, 'LICENSE'), join(target, 'LICENSE'));
  await copyPlain(join(REPOSITORY, 'package.json'), join(target, 'package.json'));

  const lock = (JSON.parse(await readFile(join(REPOSITORY, 'package-lock.json'), 'utf8')) as {packages: Lock}).packages;
  const packages = productionPackages(lock, parts, PLATFORM).filter((path) => !packageName(path).startsWith('@types/'));
  const installed = await installPackages(cache);
  const [all, kept] = await copyPackages(installed, target, packages);
  progress(
    `app: ${packages.length} packages, ${kept.files} of ${all.files} files, ${megabytes(kept.bytes)} of ${megabytes(all.bytes)}`,
  );
  await mkdir(join(target, 'node_modules/@vitalvault'), {recursive: true});
  for (const part of parts.filter((path) => path.startsWith('libs/')))
    await symlink(`../../${part}`, join(target, 'node_modules/@vitalvault', part.slice('libs/'.length)));

  await copyPlain(process.execPath, join(root, 'usr/local/bin/node'), 0o755);
  await copyPlain(
    join(REPOSITORY, 'node_modules/node/LICENSE'),
    join(root, 'usr/local/share/licenses/node/LICENSE'),
  ).catch(() => undefined);
  const node = process.versions.node;
  const purl = `pkg:generic/node@${node}`;
  return [
    {type: 'application', 'bom-ref': purl, name: 'node', version: node, purl, licenses: [{expression: 'MIT'}]},
    ...npmComponents(lock, packages),
    ...(await ownComponents(parts)),
  ];
}

/** Apps and what they import, directly and through libraries. @throws ImagesError if something is not compiled */
async function projects(): Promise<string[]> {
  const found = new Set(APPS.filter((app) => existsSync(join(REPOSITORY, app, 'src/main.ts'))));
  for (const project of found) {
    const dist = join(REPOSITORY, project, 'dist');
    const files = (
      await readdir(dist, {recursive: true}).catch(() => {
        throw new ImagesError(`${project} is not compiled: run node tools/build.ts first.`);
      })
    ).filter(isShipped);
    const codes = await Promise.all(files.map((file) => readFile(join(dist, file), 'utf8')));
    for (const library of codes.flatMap(importedLibraries)) found.add(library);
  }
  return [...found].sort();
}

async function copyPackages(installed: string, target: string, packages: readonly string[]): Promise<[Copied, Copied]> {
  const [all, kept] = [
    {files: 0, bytes: 0},
    {files: 0, bytes: 0},
  ];
  const add = (sum: Copied, more: Copied) => {
    sum.files += more.files;
    sum.bytes += more.bytes;
  };
  const platform = `${PLATFORM.os}-${PLATFORM.cpu}`;
  for (const path of packages) {
    const from = join(installed, path);
    // Packages inside a package are packages of their own in the list.
    const own = (file: string) => !file.startsWith('node_modules/');
    add(
      kept,
      await copyTree(
        from,
        join(target, path),
        (file) => own(file) && !isPruned(`${packageName(path)}/${file}`, platform),
      ),
    );
    add(all, await sizeOf(from, own));
  }
  return [all, kept];
}

async function sizeOf(folder: string, wanted: (path: string) => boolean): Promise<Copied> {
  const paths = (await readdir(folder, {recursive: true})).filter(wanted);
  const files = (await Promise.all(paths.map((path) => lstat(join(folder, path))))).filter(
    (status) => !status.isDirectory(),
  );
  return {files: files.length, bytes: files.reduce((sum, status) => sum + status.size, 0)};
}

async function ownComponents(parts: readonly string[]): Promise<Component[]> {
  return Promise.all(
    parts.map(async (part) => {
      const {name, version} = JSON.parse(await readFile(join(REPOSITORY, part, 'package.json'), 'utf8')) as {
        name: string;
        version: string;
      };
      const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
      return {
        type: part.startsWith('apps/') ? 'application' : 'library',
        'bom-ref': purl,
        name,
        version,
        purl,
        licenses: [{expression: 'Apache-2.0'}],
      };
    }),
  );
}

async function copyPlain(from: string, to: string, mode = 0o644): Promise<void> {
  await mkdir(join(to, '..'), {recursive: true});
  await copyFile(from, to);
  await chmod(to, mode);
}
