// Every time-out, retry and back-off that docs/operations/retries.md tells has that value in the file that it names.
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..');
const DOCUMENT = 'docs/operations/retries.md';
/** | part | what | 5,000 ms | why | `NAME` in `file` | */
const ROW = /^\|[^|]+\|[^|]+\| ([\d,]+)(?: m?s)? \|[^|]+\| `(\w+)` in `([^`]+)` \|$/;

const faults: string[] = [];
const rows = readFileSync(join(root, DOCUMENT), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('|') && !/^\|(?: part \||-)/.test(line));
if (rows.length === 0) faults.push('it has no rows');

for (const row of rows) {
  const [, said = '', name = '', path = ''] = ROW.exec(row) ?? [];
  const file = join(root, path);
  if (path === '') faults.push(`no row of the form that is checked: ${row}`);
  else if (!existsSync(file)) faults.push(`${path} is not there`);
  else faults.push(...faultsOf(readFileSync(file, 'utf8'), name, said).map((fault) => `${path}: ${fault}`));
}

/** A constant, or a setting with its default. */
function faultsOf(text: string, name: string, said: string): string[] {
  const declared = new RegExp(`(?:const ${name}\\b[^=;]*= |\\b${name}: [^;]*?\\.default\\()([\\d_]+)n?[;,)]`).exec(
    text,
  )?.[1];
  if (declared === undefined) return [`${name} has no number there`];
  return Number(declared.replaceAll('_', '')) === Number(said.replaceAll(',', ''))
    ? []
    : [`${name} is ${declared}, the table says ${said}`];
}

if (faults.length > 0) {
  console.error(faults.map((fault) => `${DOCUMENT}: ${fault}`).join('\n'));
  process.exit(1);
}
console.log(`${DOCUMENT}: ${rows.length} numbers, each as in its file`);
