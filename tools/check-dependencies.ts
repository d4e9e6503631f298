// Every package that our code imports is declared, and what is declared is used. One package.json declares for all
// workspaces: what programs need as `dependencies` (images install those alone), the rest as `devDependencies`.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {isBuiltin} from 'node:module';
import {join} from 'node:path';

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly scripts?: Readonly<Record<string, string>>;
}

const root = join(import.meta.dirname, '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const manifest = JSON.parse(read('package.json')) as Manifest;
const {dependencies = {}, devDependencies = {}, scripts = {}} = manifest;
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {cwd: root})
  .toString()
  .split('\n');

const isCode = (file: string): boolean =>
  /\.(ts|mjs|js|cjs)$/.test(file) && !file.startsWith('test/canary/') && !file.startsWith('tools/pack/consumer/');
/** Code that runs in an image; test support and specs do not, and what Prisma generates is not in git. */
const isProduct = (file: string): boolean =>
  /^(apps|libs)\/[^/]+\/src\//.test(file) &&
  !/^(apps\/launcher|libs\/testkit)\//.test(file) &&
  !/\/testing\/|\.(spec|int-spec|contract)\.ts$/.test(file);
const IMPORT =
  /(?:^import\s|\sfrom\s|\bimport\(|\b(?:meta|require)\.resolve\()\s*'((?:@[\w.-]+\/)?[a-z][\w.-]*)(?:\/[^']*)?'/gm;

/** Package → files that import it. */
const imported = new Map<string, string[]>();
for (const file of files.filter(isCode))
  for (const [, name = ''] of read(file).matchAll(IMPORT))
    if (!isBuiltin(name) && !name.startsWith('@vitalvault/')) imported.set(name, [...(imported.get(name) ?? []), file]);

const faults: string[] = [];
for (const [name, from] of imported) {
  const [first = ''] = from;
  if (!(name in dependencies) && !(name in devDependencies)) faults.push(`${name}: imported by ${first}, not declared`);
  const product = from.find(isProduct);
  if (product !== undefined && name in devDependencies)
    faults.push(`${name}: imported by ${product}, which images hold, and declared for development alone`);
}

/** What tools and settings name: programs and plug-ins that nothing imports. */
const SETTINGS = /^(Makefile|tools\/.*|jest\.[\w.]+|tsconfig\.base\.json|(libs\/[^/]+\/)?buf[\w.]*\.yaml)$/;
const named = [...files.filter((file) => SETTINGS.test(file)).map(read), ...Object.values(scripts)].join('\n');
/** What nothing of ours names, and why it is there. */
const SILENT: Readonly<Record<string, string>> = {
  'reflect-metadata': 'NestJS asks its host for it',
  node: 'is itself the program that runs all of it',
};
function isUsed(name: string): boolean {
  if (imported.has(name) || name in SILENT) return true;
  const typed = name.startsWith('@types/') ? name.slice('@types/'.length) : undefined;
  const word = typed ?? name.split('/').at(-1) ?? name;
  return (typed !== undefined && imported.has(typed)) || new RegExp(`(^|[^\\w-])${word}([^\\w-]|$)`, 'm').test(named);
}
for (const name of [...Object.keys(dependencies), ...Object.keys(devDependencies)])
  if (!isUsed(name)) faults.push(`${name}: declared, and used by nothing`);
for (const file of files.filter((one) => /^(apps|libs|test)\/[^/]+\/package\.json$/.test(one))) {
  const own = JSON.parse(read(file)) as Manifest;
  if (own.dependencies ?? own.devDependencies) faults.push(`${file}: packages are declared in the root's package.json`);
}

if (faults.length > 0) {
  console.error(faults.toSorted().join('\n'));
  process.exit(1);
}
console.log(`${String(imported.size)} packages are imported; all are declared, and no other`);
