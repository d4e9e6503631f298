// docs/operations/capacity.md has a row for whatever grows: each table of a migration, each topic, each map of a
// service. Who makes another one says there how large it becomes, and what bounds or sweeps it.
import {execFileSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const DOCUMENT = 'docs/operations/capacity.md';

/** Something that may grow, by the heading that it belongs under. */
export interface Growing {
  readonly heading: string;
  readonly name: string;
}

const SERVICE_TABLES = 'Tables of every service with a database';
const TOPICS = 'Topics';
const MEMORY = 'Memory of the services';
/** Programs that a person runs, or tests. */
const NO_SERVICE = /^(?:apps\/(?:cli|launcher)|libs\/(?:sdk|testkit))\//;
const FIELD = /^ {2}(?:private )?(?:readonly )?#?\w+ = new (?:Map|Set|TwoGenerations|BoundedMap|TokenBuckets)\b/m;
const TABLE = /\bCREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?(\w+)/g;

/** What the sources make. @param files by path from the root, with their text */
export function growingIn(files: ReadonlyMap<string, string>): Growing[] {
  return [...files].flatMap(([path, text]) => {
    const app = /^apps\/(\w+)\/prisma\/migrations\/.*\.sql$/.exec(path)?.[1];
    if (app !== undefined) return tablesIn(`Tables of ${app}`, text);
    if (/^libs\/postgres\/.*(?:\.sql|run-migrations\.ts)$/.test(path)) return tablesIn(SERVICE_TABLES, text);
    if (path === 'libs/contracts/src/limits.ts')
      return [...text.matchAll(/'(vv\.[\w.]+\.v\d+)'/g)].map(([, name = '']) => ({heading: TOPICS, name}));
    return isKept(path) && FIELD.test(text) ? [{heading: MEMORY, name: path}] : [];
  });
}

const tablesIn = (heading: string, sql: string): Growing[] =>
  [...sql.matchAll(TABLE)].map(([, name = '']) => ({heading, name}));

const isKept = (path: string): boolean =>
  /^(?:apps|libs)\/[^/]+\/src\/.*\.ts$/.test(path) &&
  !/\/(?:testing|gen)\/|\.(?:int-)?spec\.ts$/.test(path) &&
  !NO_SERVICE.test(path);

/** What the document has: in the tables under a heading, each name in the first cell of a row that is filled in. */
export function toldIn(document: string): {told: Growing[]; faults: string[]} {
  const [told, faults]: [Growing[], string[]] = [[], []];
  for (const part of document.split(/^## /m).slice(1)) {
    const heading = part.slice(0, part.indexOf('\n')).trim();
    if (!/^(?:Tables of |Topics$|Memory of )/.test(heading)) continue;
    for (const row of part.split('\n').filter((line) => line.startsWith('| `'))) {
      const [first = '', ...cells] = row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
      if (cells.length === 0 || cells.includes('')) faults.push(`a cell is empty: ${row}`);
      told.push(...[...first.matchAll(/`([^`]+)`/g)].map(([, name = '']) => ({heading, name})));
    }
  }
  return {told, faults};
}

/** What is wrong with the document. */
export function capacityFaults(files: ReadonlyMap<string, string>, document: string): string[] {
  const [made, {told, faults}] = [growingIn(files), toldIn(document)];
  const keyOf = ({heading, name}: Growing): string => `${heading}: ${name}`;
  const [makes, tells] = [new Set(made.map(keyOf)), new Set(told.map(keyOf))];
  return [
    ...faults,
    ...[...makes].filter((key) => !tells.has(key)).map((key) => `no row under "${key}"`),
    ...[...tells].filter((key) => !makes.has(key)).map((key) => `nothing makes what stands under "${key}"`),
  ];
}

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', 'apps', 'libs'], {cwd: root}).toString();
  // What is deleted and not yet committed is listed too.
  const paths = listed.split('\n').filter((path) => /\.(?:ts|sql)$/.test(path) && existsSync(join(root, path)));
  const files = new Map(paths.map((path) => [path, readFileSync(join(root, path), 'utf8')]));
  const faults = capacityFaults(files, readFileSync(join(root, DOCUMENT), 'utf8'));
  for (const fault of faults) console.error(`${DOCUMENT}: ${fault}`);
  console.log(`${DOCUMENT}: ${String(growingIn(files).length)} tables, topics and maps`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
