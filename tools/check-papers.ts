// Every file and symbol that docs/papers.md and docs/glossary.md name exists; the glossary is alphabetic, each word
// once.
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

const root = join(import.meta.dirname, '..');
const rowsOf = (document: string, pattern: RegExp): string[] =>
  readFileSync(join(root, document), 'utf8')
    .split('\n')
    .filter((line) => pattern.test(line));
const faults: string[] = [];

function checkNamed(document: string, rows: readonly string[]): void {
  if (rows.length === 0) faults.push(`${document} has no rows`);
  for (const row of rows) {
    for (const [, path = '', symbol] of row.matchAll(/`((?:apps|libs|test)\/[^`]+)`(?:: ([A-Za-z]+))?/g)) {
      const file = join(root, path);
      if (!existsSync(file)) faults.push(`${document} names ${path}, which is not there`);
      else if (symbol !== undefined && !new RegExp(`\\b${symbol}\\b`).test(readFileSync(file, 'utf8')))
        faults.push(`${document} names ${symbol}, which is not in ${path}`);
    }
  }
}

const papers = rowsOf('docs/papers.md', /^\| (ME|DI|DP|CA)-/);
checkNamed('docs/papers.md', papers);

const glossary = rowsOf('docs/glossary.md', /^\| \*\*/);
checkNamed('docs/glossary.md', glossary);
const words = glossary.map((row) => (row.split('**')[1] ?? '').toLowerCase());
for (const [i, word] of words.entries()) {
  const before = words[i - 1];
  if (before !== undefined && before.localeCompare(word, 'en') >= 0)
    faults.push(`docs/glossary.md: "${word}" stands after "${before}"`);
  if (!/`(?:apps|libs|test|proto)\//.test(glossary[i] ?? ''))
    faults.push(`docs/glossary.md: "${word}" does not say where it lives`);
}

if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
console.log(
  `docs/papers.md: ${papers.length} rows, docs/glossary.md: ${glossary.length} words; every file and symbol is there`,
);
