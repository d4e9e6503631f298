// Every file and symbol that docs/papers.md names exists.
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..');
const rows = readFileSync(join(root, 'docs/papers.md'), 'utf8').split('\n').filter((line) => /^\| (ME|DI|DP|CA)-/.test(line));
const missing = [];
for (const row of rows) {
  for (const [, path, symbol] of row.matchAll(/`((?:apps|libs|test)\/[^`]+)`(?:: ([A-Za-z]+))?/g)) {
    const file = join(root, path);
    if (!existsSync(file)) missing.push(path);
    else if (symbol !== undefined && !new RegExp(`\\b${symbol}\\b`).test(readFileSync(file, 'utf8'))) missing.push(`${path}: ${symbol}`);
  }
}
if (rows.length === 0 || missing.length > 0) {
  console.error(`docs/papers.md names what is not there:\n  ${missing.join('\n  ')}`);
  process.exit(1);
}
console.log(`docs/papers.md: ${rows.length} rows, every file and symbol is there`);
