// docs/promises.md names the tests that would go red if a promise were broken. Here: each of them is there.
// tools/test.ts asks `faultsOfRun` at its end whether each of them ran and passed.
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

/** A row of the tables of docs/promises.md. */
export interface NamedTest {
  readonly rule: number;
  /** From the root; `make test` for one of its steps. */
  readonly file: string;
  readonly test: string;
}

/** A test that a runner ran, or a step of `make test`. */
export interface RanTest {
  readonly file: string;
  /** With the names of the blocks that it stands in, as the runner joins them. */
  readonly name: string;
  readonly passed: boolean;
}

export const STEP = 'make test';
const RULES = 10;
const ROW = /^\| (\d+) \| .+? \| (?:\[`?([^\]`]+)`?\]\([^)]*\)|(make test)) \| `(.+)` \|$/;

/** @throws Error for a row of the tables that cannot be read */
export function namedTests(text: string): NamedTest[] {
  return text
    .split('\n')
    .filter((line) => /^\| \d+ \|/.test(line))
    .map((line) => {
      const found = ROW.exec(line);
      if (found === null) throw new Error(`docs/promises.md: this row names no test: ${line}`);
      const [, rule, file, step, test = ''] = found;
      return {rule: Number(rule), file: file ?? step ?? '', test: test.replaceAll('\\|', '|')};
    });
}

/** What is wrong with the names alone. @param read text of a file, undefined when there is none */
export function faultsOfNames(named: readonly NamedTest[], read: (file: string) => string | undefined): string[] {
  const missing = Array.from({length: RULES}, (_, i) => i + 1).filter(
    (rule) => !named.some((one) => one.rule === rule),
  );
  return [
    ...missing.map((rule) => `rule ${rule} names no test`),
    ...named.flatMap(({file, test}) => {
      if (file === STEP) return [];
      const text = read(file);
      if (text === undefined) return [`${file} is not there`];
      return contains(text, test) ? [] : [`${file} has no test "${test}"`];
    }),
  ];
}

/** As a string of the source, from end to end; quotes in it may be escaped. */
function contains(text: string, test: string): boolean {
  const source = text.replaceAll(/\\(['"`])/g, '$1');
  return ["'", '"', '`'].some((quote) => source.includes(quote + test + quote));
}

/** Tests that are named and did not run, or did not pass. */
export function faultsOfRun(promises: readonly NamedTest[], ran: readonly RanTest[]): string[] {
  return promises.flatMap(({rule, file, test}) => {
    const named = new RegExp(`(?:^| )${patternOf(test)}$`);
    const found = ran.filter((one) => one.file === file && named.test(one.name));
    if (found.length === 0) return [`rule ${rule}: ${file}, "${test}" did not run`];
    return found.every(({passed}) => passed) ? [] : [`rule ${rule}: ${file}, "${test}" did not pass`];
  });
}

/** Of a table of cases, every case: `%s`, `$name` and `${…}` stand for what each has there. */
const patternOf = (test: string): string =>
  test
    .split(/%[sdifjo#]|\$[a-z][\w.]*|\$\{[^}]*\}/i)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.+');

export const readPromises = (root: string): NamedTest[] =>
  namedTests(readFileSync(join(root, 'docs/promises.md'), 'utf8'));

if (import.meta.main) {
  const root = join(import.meta.dirname, '..');
  const read = (file: string): string | undefined =>
    existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : undefined;
  const faults = faultsOfNames(readPromises(root), read);
  for (const fault of faults) console.error(`docs/promises.md: ${fault}`);
  process.exitCode = faults.length === 0 ? 0 : 1;
}
