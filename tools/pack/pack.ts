import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {emitTypes} from './emit-types.ts';
import {PACKED} from './packages.ts';
import {stagePackage} from './stage-package.ts';

export interface Packed {
  name: string;
  version: string;
  /** Path of the archive. */
  archive: string;
  bytes: number;
  files: string[];
}

interface NpmAnswer {
  name: string;
  version: string;
  filename: string;
  size: number;
  files: {path: string}[];
}

/** `npm pack` of folders, without a network and without their scripts. @param into directory of the archives */
export function npmPack(folders: readonly string[], into: string): Packed[] {
  const options = ['--json', '--ignore-scripts', '--offline', '--pack-destination', into];
  const {status, stdout, stderr} = spawnSync('npm', ['pack', ...folders, ...options], {
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`npm pack failed:\n${stderr}${stdout}`);
  return (JSON.parse(stdout) as NpmAnswer[]).map(({name, version, filename, size, files}) => ({
    name,
    version,
    archive: join(into, filename.replace('@', '').replace('/', '-')),
    bytes: size,
    files: files.map(({path}) => path),
  }));
}

/** Packs what others may use, and what that needs of ours. The repository must be compiled. */
export function packAll(into: string): Packed[] {
  const staging = mkdtempSync(join(tmpdir(), 'vv-pack-'));
  try {
    const types = join(staging, 'types');
    mkdirSync(types);
    emitTypes(types);
    const folders = PACKED.map((name) => join(staging, name));
    for (const [i, folder] of folders.entries()) {
      mkdirSync(folder);
      stagePackage(PACKED[i] ?? '', types, folder);
    }
    mkdirSync(into, {recursive: true});
    return npmPack(folders, into);
  } finally {
    rmSync(staging, {recursive: true});
  }
}
