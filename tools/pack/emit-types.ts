import {spawnSync} from 'node:child_process';
import {readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {PACKED, REPOSITORY, folderOf} from './packages.ts';

/**
 * Declarations of every packed library, as one program, so that a package's types name the others by their names.
 * @param directory an empty one; afterwards libs/<name>/src/**.d.ts stand in it
 */
export function emitTypes(directory: string): void {
  const generated = join(folderOf('contracts'), 'src', 'gen');
  const messages = readdirSync(generated, {recursive: true, encoding: 'utf8'}).filter((name) => name.endsWith('.ts'));
  const config = join(directory, 'tsconfig.json');
  const files = [
    ...PACKED.map((name) => join(folderOf(name), 'src', 'index.ts')),
    ...messages.map((name) => join(generated, name)),
  ];
  const compilerOptions = {
    noEmit: false,
    emitDeclarationOnly: true,
    declaration: true,
    rootDir: REPOSITORY,
    outDir: directory,
    typeRoots: [join(REPOSITORY, 'node_modules', '@types')],
    types: ['node'],
  };
  writeFileSync(config, JSON.stringify({extends: join(REPOSITORY, 'tsconfig.base.json'), compilerOptions, files}));
  const tsc = join(REPOSITORY, 'node_modules', 'typescript', 'bin', 'tsc');
  const {status, stdout} = spawnSync(process.execPath, [tsc, '--project', config], {encoding: 'utf8'});
  if (status !== 0) throw new Error(`The declarations could not be made:\n${stdout}`);
}
