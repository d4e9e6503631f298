import {transform} from '@swc/core';
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {SWC_OPTIONS} from '../../../tools/swc-options.js';

export const ROOT = new URL('../../..', import.meta.url).pathname;

/** One place of a source, and what stands there instead. */
export interface Patch {
  /** From the root of the repository. */
  readonly file: string;
  readonly old: string;
  readonly new: string;
}

/** The source with the patch. @throws Error unless the place is there exactly once */
export function patched({file, old, new: other}: Patch, source: string): string {
  const times = source.split(old).length - 1;
  if (times !== 1) throw new Error(`a seeded defect does not fit: ${file} has this ${times} times:\n${old}`);
  return source.replace(old, () => other);
}

/**
 * A copy of the built tree that is wrong in these places: programs and libraries are copied, packages of others are
 * linked. Its launcher starts its own programs.
 * @returns its root
 */
export async function seededTree(patches: readonly Patch[]): Promise<string> {
  const tree = mkdtempSync(join(tmpdir(), 'vv-seeded-'));
  for (const file of ['package.json', 'engines']) symlinkSync(join(ROOT, file), join(tree, file));
  for (const group of ['apps', 'libs'])
    for (const name of readdirSync(join(ROOT, group))) copyBuilt(join(group, name), tree);
  linkPackages(tree);
  const changed = new Map<string, string>();
  for (const patch of patches)
    changed.set(patch.file, patched(patch, changed.get(patch.file) ?? readFileSync(join(ROOT, patch.file), 'utf8')));
  for (const [file, source] of changed) await compile(join(tree, file), source);
  return tree;
}

function copyBuilt(folder: string, tree: string): void {
  if (!existsSync(join(ROOT, folder, 'dist'))) return;
  for (const part of ['dist', 'package.json', 'prisma'])
    if (existsSync(join(ROOT, folder, part)))
      cpSync(join(ROOT, folder, part), join(tree, folder, part), {recursive: true});
}

function linkPackages(tree: string): void {
  const own = '@vitalvault';
  mkdirSync(join(tree, 'node_modules', own), {recursive: true});
  for (const name of readdirSync(join(ROOT, 'node_modules')))
    if (name !== own) symlinkSync(join(ROOT, 'node_modules', name), join(tree, 'node_modules', name));
  for (const name of readdirSync(join(ROOT, 'libs')))
    if (lstatSync(join(ROOT, 'libs', name)).isDirectory())
      symlinkSync(join('../../libs', name), join(tree, 'node_modules', own, name));
}

async function compile(file: string, source: string): Promise<void> {
  const {code} = await transform(source, {...SWC_OPTIONS, module: {type: 'nodenext'}, swcrc: false, filename: file});
  const target = file.replace(/\/src\/(.*)\.ts$/, '/dist/$1.js');
  // Only what the build made may be replaced: elsewhere nobody would run it.
  if (!existsSync(target)) throw new Error(`${target} is not built`);
  writeFileSync(target, code);
}
