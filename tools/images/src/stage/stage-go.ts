import {chmod, copyFile, mkdir} from 'node:fs/promises';
import {join} from 'node:path';
import {REPOSITORY} from '../config.js';
import {run} from '../run.js';
import type {Component} from '../sbom/bom.js';
import {goComponents, goModules} from '../sbom/go-components.js';
import {copyTree} from './copy-tree.js';
import type {StageContext} from './recipe.js';

const LICENCE = /^(licen[cs]e|copying|notice|patents)[^/]*$/i;

export interface GoEngine {
  /** Folder of engines/ that pins it. */
  engine: string;
  /** Folder of the finished build. */
  build: string;
  binary: string;
}

/** The binary, and the licences of every module that is linked into it. */
export async function stageGo({engine, build, binary}: GoEngine, {root}: StageContext): Promise<Component[]> {
  const target = join(root, 'usr/local/bin', binary);
  await mkdir(join(target, '..'), {recursive: true});
  await copyFile(join(build, binary), target);
  await chmod(target, 0o755);
  const versions = await run('go', ['version', '-m', target]);
  for (const {module, folder} of await moduleFolders(engine, versions)) {
    await copyTree(folder, join(root, 'usr/local/share/licenses', module), (path) => LICENCE.test(path));
  }
  return goComponents(versions);
}

/** Go's own copies of the sources; what is missing of them is fetched again and checked against go.sum. */
async function moduleFolders(engine: string, versions: string): Promise<{module: string; folder: string}[]> {
  const names = goModules(versions)
    .modules.filter(({version}) => version.startsWith('v'))
    .map(({path, version}) => `${path}@${version}`);
  const output = await run('go', ['mod', 'download', '-json', ...names], {
    cwd: join(REPOSITORY, 'engines', engine),
    env: {...process.env, GOFLAGS: '-mod=mod', GOTOOLCHAIN: 'local', GOWORK: 'off'},
  });
  return [...output.matchAll(/"Path": "([^"]+)"[^}]*?"Dir": "([^"]+)"/g)].map(([, module = '', folder = '']) => ({
    module,
    folder,
  }));
}
