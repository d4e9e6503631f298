// `make bench`: figures as ratios of interleaved arms, held against their targets.
//   node --import ./tools/run-sources.ts bench/src/main.ts [--rows 1,9b] [--quick] [--large] [--profile] [--help]
import {mkdir, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {busyWarning, fingerprint} from './suite/fingerprint.js';
import {unmeasuredRow} from './suite/measure-row.js';
import {optionsOf} from './suite/options.js';
import type {Options} from './suite/options.js';
import {resultsDocument} from './suite/results-document.js';
import type {Results} from './suite/results-document.js';
import {LIMIT_SECONDS, runRow} from './suite/row-process.js';
import type {Row} from './suite/row.js';
import {isAccountedFor} from './suite/verdict.js';
import {ROWS} from './rows.js';

/** A run ends after so long whatever becomes of its rows; a quiet machine needs less. */
const MOST_SECONDS = {whole: 60 * 60, large: 90 * 60};
const HOME = join(import.meta.dirname, '..');
const start = performance.now();
const seconds = (): number => (performance.now() - start) / 1000;
const say = (text: string): void => {
  console.log(`[${seconds().toFixed(1).padStart(7)} s] ${text}`);
};

const HELP = `make bench [ROWS=1,9b] [LARGE=1]   all rows, or those that are named; LARGE=1 also fills states of 10^7 keys
make bench ROWS=4 PROFILE=1         also the functions in which each arm spent its time
make bench-quick [ROWS=…]           fewer rounds and smaller states, three minutes at the most

${ROWS.map(({number, title}) => `  ${number.padEnd(4)} ${title}`).join('\n')}

Writes bench/results/<time>.json and .md; a run of all rows that is not quick also writes bench/RESULTS.md.
Ends with 1 when a row failed, or missed its target without a reason.`;

async function bench({rows, ...asked}: Options): Promise<boolean> {
  const machine = fingerprint();
  const warning = busyWarning(machine);
  if (warning !== undefined) say(`WARNING: ${warning}`);
  const measured: Results['rows'][number][] = [];
  const mostSeconds = asked.large ? MOST_SECONDS.large : MOST_SECONDS.whole;
  for (const row of rows) {
    const prefix = `row ${row.number}`;
    say(`${prefix}: ${row.title}`);
    const left = mostSeconds - seconds();
    if (left < 1) measured.push(unmeasuredRow(row, `the ${String(mostSeconds / 60)} minutes of a run were over`));
    else
      measured.push(
        await runRow(within(row, left), asked, (text) => {
          say(`${prefix}: ${text}`);
        }),
      );
  }
  const {quick, large, profile} = asked;
  const results: Results = {machine, quick, large, rows: measured, seconds: seconds()};
  await write(results, rows.length === ROWS.length && !quick && !profile);
  const failed = measured.filter((row) => row.failed);
  for (const {number} of failed) say(`row ${number} failed`);
  const unaccounted = measured.flatMap(({number, claims}) =>
    claims.filter((claim) => !isAccountedFor(claim)).map(({title}) => `row ${number}, ${title}`),
  );
  for (const name of unaccounted) say(`${name}: missed, and no reason is given`);
  return unaccounted.length === 0 && failed.length === 0;
}

function within(row: Row, seconds: number): Row {
  return {...row, limitSeconds: Math.min(row.limitSeconds ?? LIMIT_SECONDS, seconds)};
}

async function write(results: Results, isWhole: boolean): Promise<void> {
  const directory = join(HOME, 'results');
  await mkdir(directory, {recursive: true});
  const name = join(directory, results.machine.at.replaceAll(/[:.]/g, '-'));
  const text = resultsDocument(results);
  await writeFile(`${name}.json`, `${JSON.stringify(results, undefined, 2)}\n`);
  await writeFile(`${name}.md`, text);
  if (isWhole) await writeFile(join(HOME, 'RESULTS.md'), text);
  console.log(`\n${text}`);
  say(`written to bench/results${isWhole ? ' and bench/RESULTS.md' : ''}`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));
try {
  const options = optionsOf(process.argv.slice(2), ROWS);
  if (options.help) console.log(HELP);
  else process.exitCode = (await bench(options)) ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
