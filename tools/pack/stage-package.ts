import {copyFileSync, mkdirSync, readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {REPOSITORY, folderOf, licencesOf, manifestOf} from './packages.ts';

/** Node ≥ 20.19 runs these libraries; the rest of the repository wants 24. */
const ENGINES = {node: '>=20.19'};

/** What is compiled for a package: no test support, no maps to sources that are not there. */
const isPacked = (file: string, ending: string): boolean => file.endsWith(ending) && !/(^|\/)testing\//.test(file);

function filesIn(directory: string, ending: string): string[] {
  return readdirSync(directory, {recursive: true, encoding: 'utf8'}).filter((file) => isPacked(file, ending));
}

/** Copies code or declarations and notes which packages they name. */
function copyInto(target: string, source: string, ending: string, named: Set<string>): void {
  for (const file of filesIn(source, ending)) {
    const text = readFileSync(join(source, file), 'utf8').replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n');
    for (const [, name = ''] of text.matchAll(/(?:\bfrom |\bimport\(|\bimport )["']((?:@[\w-]+\/)?[a-z][\w.-]*)[/"']/g))
      named.add(name);
    mkdirSync(dirname(join(target, file)), {recursive: true});
    writeFileSync(join(target, file), text);
  }
}

/** Real versions of what the code names: ours is the same for all, others' that of the repository. */
function dependenciesOf(named: ReadonlySet<string>, self: string): Record<string, string> {
  const {version, dependencies: theirs = {}} = manifestOf(REPOSITORY);
  const others = [...named].filter((name) => !name.startsWith('node:') && name !== self).toSorted();
  return Object.fromEntries(
    others.map((name) => {
      if (name.startsWith('@vitalvault/')) return [name, version];
      if (theirs[name] === undefined)
        throw new Error(`${self} names ${name}, which is no dependency of the repository.`);
      return [name, `^${theirs[name]}`];
    }),
  );
}

/** Entries for people and compilers; the repository's `source` condition and `./testing` stay at home. */
function exportsOf(exported: Record<string, {default: string}>): Record<string, object> {
  const kept = Object.entries(exported).filter(([entry]) => entry !== './testing');
  return Object.fromEntries(
    kept.map(([entry, {default: code}]) => [entry, {types: code.replace(/\.js$/, '.d.ts'), default: code}]),
  );
}

/** A package as npm packs it. @param types where `emitTypes` put the declarations */
export function stagePackage(name: string, types: string, target: string): void {
  const folder = folderOf(name);
  const {name: full, version, description, exports: exported} = manifestOf(folder);
  const named = new Set<string>();
  copyInto(join(target, 'dist'), join(folder, 'dist'), '.js', named);
  copyInto(join(target, 'dist'), join(types, 'libs', name, 'src'), '.d.ts', named);
  copyFileSync(join(folder, 'README.md'), join(target, 'README.md'));
  for (const {from, to} of licencesOf(name)) copyFileSync(from, join(target, to));
  const manifest = {
    name: full,
    version,
    description,
    license: 'Apache-2.0',
    author: 'the VitalVault authors',
    // Publishing is off until a first release: npm refuses a private package.
    private: true,
    type: 'module',
    engines: ENGINES,
    exports: exportsOf(exported),
    files: ['dist', 'LICENSE*'],
    dependencies: dependenciesOf(named, full),
  };
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
}
