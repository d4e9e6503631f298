// Compiles every `src` of the workspace to the `dist` beside it with SWC; unchanged files are left alone.
//   node tools/build.ts [folder …]   only what stands below these
import {transform} from '@swc/core';
import {existsSync} from 'node:fs';
import {mkdir, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';
import {SWC_OPTIONS} from './swc-options.ts';

const root = join(import.meta.dirname, '..');

/** Folders whose `src` is compiled: apps, libraries, and the programs among tools and tests. */
async function projects(): Promise<string[]> {
  const folders = ['libs', 'apps', 'tools', 'test', 'test/k8s'].map(async (group) =>
    (await readdir(join(root, group))).map((name) => join(root, group, name)),
  );
  const asked = process.argv.slice(2).map((folder) => join(root, folder));
  return (await Promise.all(folders))
    .flat()
    .filter((folder) => existsSync(join(folder, 'src')))
    .filter((folder) => asked.length === 0 || asked.some((one) => `${folder}/`.startsWith(`${one}/`)));
}

async function files(dir: string): Promise<string[]> {
  const entries = await readdir(dir, {recursive: true, withFileTypes: true}).catch(() => []);
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
}

const modified = async (file: string): Promise<number> => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;

/** @returns how many files it wrote anew: none or one */
async function compile(source: string, target: string): Promise<number> {
  if ((await modified(target)) >= (await modified(source))) return 0;
  const {code, map = ''} = await transform(await readFile(source, 'utf8'), {
    ...SWC_OPTIONS,
    module: {type: 'nodenext'},
    sourceMaps: true,
    swcrc: false,
    filename: source,
    sourceFileName: relative(dirname(target), source),
  });
  await mkdir(dirname(target), {recursive: true});
  await writeFile(`${target}.map`, map);
  // Whole or not at all: a build that is broken off must not leave half a file that is newer than its source.
  await writeFile(`${target}.new`, `${code}\n//# sourceMappingURL=${target.split('/').pop() ?? ''}.map\n`);
  await rename(`${target}.new`, target);
  return 1;
}

const isSource = (file: string): boolean => file.endsWith('.ts') && !/\.(spec|int-spec|contract)\.ts$/.test(file);

let compiled = 0;
for (const project of await projects()) {
  const [src, dist] = [join(project, 'src'), join(project, 'dist')];
  const wanted = new Map(
    (await files(src))
      .filter(isSource)
      .map((file) => [join(dist, relative(src, file)).replace(/\.ts$/, '.js'), file] as const),
  );
  for (const old of await files(dist)) {
    if (!wanted.has(old.replace(/\.map$/, ''))) await rm(old);
  }
  for (const n of await Promise.all([...wanted].map(([target, source]) => compile(source, target)))) compiled += n;
}
console.log(`build: ${String(compiled)} file(s) compiled`);
