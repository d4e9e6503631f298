// What others may use is packed, installed into an empty project without a network, type-checked and run there.
// `make test` runs it. A line for each sentence; the last line is {passed, failed}.
import {spawnSync} from 'node:child_process';
import {cpSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {dependencyFolders} from './dependency-folders.ts';
import {npmPack, packAll} from './pack.ts';
import {PACKED, REPOSITORY, folderOf, manifestOf} from './packages.ts';
import {nodesOf} from './nodes-of.ts';

const CONSUMER = join(import.meta.dirname, 'consumer');
/** As a project has it that knows nothing of ours; the declarations of every package are checked too. */
const TSCONFIG = {
  compilerOptions: {
    module: 'nodenext',
    moduleResolution: 'nodenext',
    target: 'es2023',
    strict: true,
    types: ['node'],
    outDir: 'out',
  },
};
const counts = {passed: 0, failed: 0};

/** @param faults lines of what is wrong; none: the sentence holds */
function holds(sentence: string, faults: readonly string[]): void {
  counts[faults.length === 0 ? 'passed' : 'failed'] += 1;
  console.log(`${faults.length === 0 ? 'ok  ' : 'FAIL'} ${sentence}`);
  for (const fault of faults.slice(0, 20)) console.log(`       ${fault}`);
}

const project = mkdtempSync(join(tmpdir(), 'vv-project-'));
const started = performance.now();

function run(program: string, ...args: string[]): {faults: string[]; told: string[]} {
  const {status, stdout, stderr} = spawnSync(program, args, {cwd: project, encoding: 'utf8', maxBuffer: 1 << 26});
  const told = stdout.split('\n').filter((line) => line !== '');
  return {
    told,
    faults: status === 0 ? [] : [`${program} ended with ${String(status)}`, ...told, ...stderr.split('\n')],
  };
}

try {
  const archives = join(project, 'archives');
  mkdirSync(archives);
  const packed = packAll(archives);
  const required = ['README.md', 'LICENSE', 'package.json', 'dist/index.js', 'dist/index.d.ts'];
  holds(
    'each package has code, types, licence and README, and no test support',
    packed.flatMap(({name, files}) => [
      ...required.filter((file) => !files.includes(file)).map((file) => `${name} lacks ${file}`),
      ...files.filter((file) => /testing|\.spec\.|\.map$|\/src\//.test(file)).map((file) => `${name} has ${file}`),
    ]),
  );

  const named = packed.map(({name}) => join(REPOSITORY, 'node_modules', name));
  const manifests = PACKED.map((name) => manifestOf(folderOf(name)));
  holds(
    'all have the version of the repository',
    manifests.filter(({version}) => version !== manifestOf(REPOSITORY).version).map(({name}) => name),
  );

  // Their dependencies come from what is installed here, packed too: no network, whatever npm has in its cache.
  const externals = [
    ...dependencyFolders([
      '@types/node',
      ...externalsOf(
        archives,
        packed.map(({archive}) => archive),
      ),
    ]),
  ];
  const all = [
    ...packed,
    ...npmPack(
      externals.filter((folder) => !named.includes(folder)),
      archives,
    ),
  ];
  cpSync(CONSUMER, project, {recursive: true});
  for (const name of ['genesis.json', 'block-3.json'])
    cpSync(join(folderOf('light-client'), 'testdata', name), join(project, name));
  writeFileSync(join(project, 'package.json'), JSON.stringify({name: 'consumer', private: true, type: 'module'}));
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({...TSCONFIG, include: ['*.ts']}));
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  holds(
    'they install into an empty project, without a network',
    run('npm', 'install', ...flags, ...all.map(({archive}) => archive)).faults,
  );

  const scope = join(project, 'node_modules', '@vitalvault');
  holds(
    'what is installed is a copy, with no path of this repository in it',
    PACKED.flatMap((name) => [
      ...(lstatSync(join(scope, name)).isSymbolicLink() ? [`${name} is a link`] : []),
      ...textsIn(join(scope, name))
        .filter(([, text]) => text.includes(REPOSITORY) || text.includes('"source"'))
        .map(([file]) => file),
    ]),
  );
  const tsc = join(REPOSITORY, 'node_modules', 'typescript', 'bin', 'tsc');
  holds(
    'plain tsc accepts their types, declarations included',
    run(process.execPath, tsc, '--project', 'tsconfig.json').faults,
  );
  for (const {program, version} of nodesOf()) {
    const {faults, told} = run(program, 'out/main.js');
    holds(
      `a program uses all four on Node ${version}`,
      told.length === 4 ? faults : [...faults, `${told.length} sentences`],
    );
    for (const line of told) console.log(`       ${line}`);
  }
  const sources = readdirSync(CONSUMER)
    .map((file) => readFileSync(join(CONSUMER, file), 'utf8'))
    .join('\n');
  holds(
    'the lines of code in their READMEs are lines of that program',
    PACKED.flatMap((name) =>
      snippetLines(name)
        .filter((line) => !sources.includes(line))
        .map((line) => `${name}: ${line}`),
    ),
  );
} finally {
  rmSync(project, {recursive: true});
}
console.log(`     ${((performance.now() - started) / 1_000).toFixed(1)} s`);
console.log(JSON.stringify(counts));
process.exitCode = counts.failed === 0 ? 0 : 1;

/** What the packed manifests need of others. */
function externalsOf(directory: string, paths: readonly string[]): string[] {
  const needed = paths.flatMap((archive) => {
    const {stdout} = spawnSync('tar', ['-xzOf', archive, 'package/package.json'], {cwd: directory, encoding: 'utf8'});
    return Object.keys((JSON.parse(stdout) as {dependencies?: object}).dependencies ?? {});
  });
  return [...new Set(needed)].filter((name) => !name.startsWith('@vitalvault/'));
}

function textsIn(folder: string): [file: string, text: string][] {
  const entries = readdirSync(folder, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile());
  return entries.map((entry) => join(entry.parentPath, entry.name)).map((file) => [file, readFileSync(file, 'utf8')]);
}

function snippetLines(name: string): string[] {
  const text = readFileSync(join(folderOf(name), 'README.md'), 'utf8');
  return [...text.matchAll(/```ts\n([^]*?)```/g)]
    .flatMap(([, code = '']) => code.split('\n'))
    .filter((line) => line !== '');
}
