// Compiles src/ of every app and library to dist/ with SWC; unchanged files are left alone.
// A plain script, because it runs before anything of the workspace is built.
import {transform} from '@swc/core';
import {mkdir, readdir, readFile, rename, rm, stat, writeFile} from 'node:fs/promises';
import {dirname, join, relative} from 'node:path';

const root = join(import.meta.dirname, '..');
const options = {
  sourceMaps: true,
  jsc: {
    target: 'es2024',
    parser: {syntax: 'typescript', decorators: true},
    transform: {legacyDecorator: true, decoratorMetadata: true},
    keepClassNames: true,
  },
  module: {type: 'nodenext'},
};

async function projects() {
  const found = [];
  for (const group of ['libs', 'apps']) {
    for (const name of await readdir(join(root, group))) found.push(join(root, group, name));
  }
  found.push(join(root, 'test', 'story'));
  found.push(join(root, 'tools', 'images'));
  found.push(join(root, 'test', 'k8s', 'cluster'));
  found.push(join(root, 'test', 'k8s', 'e2e'));
  return found;
}

async function files(dir) {
  const entries = await readdir(dir, {recursive: true, withFileTypes: true}).catch(() => []);
  return entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
}

const modified = async (file) => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;

async function compile(source, target) {
  if ((await modified(target)) >= (await modified(source))) return 0;
  const {code, map} = await transform(await readFile(source, 'utf8'), {
    ...options,
    swcrc: false,
    filename: source,
    sourceFileName: relative(dirname(target), source),
  });
  await mkdir(dirname(target), {recursive: true});
  await writeFile(target + '.map', map);
  // Whole or not at all: a build that is broken off must not leave half a file that is newer than its source.
  await writeFile(`${target}.new`, `${code}\n//# sourceMappingURL=${target.split('/').pop()}.map\n`);
  await rename(`${target}.new`, target);
  return 1;
}

let compiled = 0;
for (const project of await projects()) {
  const src = join(project, 'src');
  const dist = join(project, 'dist');
  const wanted = new Map();
  for (const file of await files(src)) {
    if (!file.endsWith('.ts') || /\.(spec|int-spec|contract)\.ts$/.test(file)) continue;
    wanted.set(join(dist, relative(src, file)).replace(/\.ts$/, '.js'), file);
  }
  for (const old of await files(dist)) {
    if (!wanted.has(old.replace(/\.map$/, ''))) await rm(old);
  }
  for (const n of await Promise.all([...wanted].map(([target, source]) => compile(source, target)))) compiled += n;
}
console.log(`build: ${compiled} file(s) compiled`);
