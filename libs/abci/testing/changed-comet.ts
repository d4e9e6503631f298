import {execFile} from 'node:child_process';
import {copyFile, cp, mkdir, readFile, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {promisify} from 'node:util';

const run = promisify(execFile);
const SOURCE = join(import.meta.dirname, '../../../engines/cometbft');
const MODULE = 'github.com/cometbft/cometbft';
/** As the engine is built, so that Go's cache has what it depends on. */
const ENVIRONMENT = {
  CGO_ENABLED: '0',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
  GOFLAGS: '-mod=readonly -trimpath -buildvcs=false',
};

export interface Edit {
  /** Stands in the file exactly once. */
  readonly old: string;
  readonly new: string;
}

/**
 * Builds our CometBFT with some of its lines changed: for what no configuration makes it do. Go lets no overlay touch
 * its module cache, so that the module is copied, and the copy takes its place.
 * @param files by path within CometBFT
 * @param into folder for the copy and the program, which is made
 * @returns the program's path
 */
export async function changedComet(files: Readonly<Record<string, readonly Edit[]>>, into: string): Promise<string> {
  const options = {cwd: SOURCE, env: {...process.env, ...ENVIRONMENT}, maxBuffer: 1 << 24};
  const {stdout} = await run('go', ['list', '-m', '-f', '{{.Dir}}', MODULE], options);
  const [copy, program, modfile] = [join(into, 'source'), join(into, 'cometbft'), join(into, 'go.mod')];
  await mkdir(into, {recursive: true});
  await cp(stdout.trim(), copy, {recursive: true});
  // The module cache is read-only, and so is what is copied from it.
  await run('chmod', ['-R', 'u+w', copy]);
  for (const [file, edits] of Object.entries(files)) await change(join(copy, file), edits);
  const original = await readFile(join(SOURCE, 'go.mod'), 'utf8');
  await writeFile(modfile, `${original}\nreplace ${MODULE} => ${copy}\n`);
  await copyFile(join(SOURCE, 'go.sum'), join(into, 'go.sum'));
  await run('go', ['build', `-modfile=${modfile}`, '-ldflags=-s -w', '-o', program, `${MODULE}/cmd/cometbft`], options);
  return program;
}

async function change(file: string, edits: readonly Edit[]): Promise<void> {
  let text = await readFile(file, 'utf8');
  for (const edit of edits) {
    if (text.split(edit.old).length !== 2) throw new Error(`${file} has not exactly one place with: ${edit.old}`);
    text = text.replace(edit.old, () => edit.new);
  }
  await writeFile(file, text);
}
