// No line of hand-written TypeScript or JavaScript is longer than 120 columns, but for text that cannot be broken:
// prettier breaks code, and leaves comments and literals as they are. Prints how long our files are.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import ts from 'typescript';

const root = join(import.meta.dirname, '..');
const COLUMNS = 120;
const files = execFileSync('git', ['ls-files', '*.ts', '*.mjs', '*.js'], {cwd: root, encoding: 'utf8'})
  .split('\n')
  .filter((file) => file !== '' && !/\/gen\//.test(file));

/** Lines (from 0) on which a text literal, a template or a regular expression stands. */
function linesOfLiterals(source: ts.SourceFile): Set<number> {
  const lines = new Set<number>();
  const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isTemplateLiteral(node) || ts.isRegularExpressionLiteral(node))
      for (let line = lineOf(node.getStart(source)); line <= lineOf(node.end); line++) lines.add(line);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return lines;
}

const faults: string[] = [];
const lengths: number[] = [];
for (const file of files) {
  const text = readFileSync(join(root, file), 'utf8');
  const lines = text.split('\n');
  lengths.push(lines.length - 1);
  if (!lines.some((line) => line.length > COLUMNS)) continue;
  const literals = linesOfLiterals(ts.createSourceFile(file, text, ts.ScriptTarget.Latest));
  for (const [i, line] of lines.entries())
    if (line.length > COLUMNS && !literals.has(i))
      faults.push(`${file}:${String(i + 1)}: ${String(line.length)} columns`);
}
if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
const sorted = lengths.toSorted((a, b) => a - b);
const middle = sorted[Math.floor(sorted.length / 2)] ?? 0;
console.log(`${String(files.length)} files: median ${String(middle)} lines, longest ${String(sorted.at(-1))}`);
