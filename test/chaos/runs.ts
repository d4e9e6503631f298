import {readFileSync, writeFileSync} from 'node:fs';

/** One run as it is kept, by the code that was tried and the seed that plays its schedule again. */
export interface Run {
  readonly date: string;
  /** Abbreviated commit; with `+` when files were changed since. */
  readonly commit: string;
  readonly seed: string;
  readonly minutes: number;
  readonly kills: number;
  readonly otherFaults: number;
  /** The fewest chances that a rule had: what is said of n chances holds of every rule. */
  readonly chances: number;
  /** How often a rule was broken, and what else a client was owed. */
  readonly broken: number;
}

const COLUMNS: readonly (keyof Run)[] = [
  'date',
  'commit',
  'seed',
  'minutes',
  'kills',
  'otherFaults',
  'chances',
  'broken',
];
const SUMMED = ['minutes', 'kills', 'otherFaults', 'chances', 'broken'] as const;
const FIRST_SUM = '| **all** |';

/** 3/n: with so many tries and no fault, a larger share is faulty with a likelihood below 5 %. */
export const bound = (tries: number, found: number): string =>
  found > 0 || tries === 0 ? '-' : `< ${(3 / tries).toPrecision(2)}`;

/** Adds a run to the file's table, and sums it up anew. */
export function withRun(text: string, run: Run): string {
  const lines = text
    .trimEnd()
    .split('\n')
    .filter((line) => !line.startsWith(FIRST_SUM));
  const rows = [...lines, rowOf(COLUMNS.map((column) => String(run[column])))];
  const kept = rows.filter((line) => /^\| \d{4}-/.test(line)).map((line) => line.split('|').slice(1, -1));
  const sums = SUMMED.map((column) =>
    kept.reduce((sum, cells) => sum + Number(cells[COLUMNS.indexOf(column)]?.trim()), 0),
  );
  return [...rows, rowOf(['**all**', '', '', ...sums.map(String)]), ''].join('\n');
}

const rowOf = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

export function keepRun(file: string, run: Run): void {
  writeFileSync(file, withRun(readFileSync(file, 'utf8'), run));
}
