// `make soak HOURS=n`: every fuzzer of this folder, turn about, each for the same share of the time. It can be broken
// off and goes on from there, with what it counted, as long as the code is the same. `FUZZER=name SEED=n` plays one
// seed again.
import {execFileSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import {FUZZERS} from './fuzzers.js';
import type {Fuzzer} from './fuzzer.js';
import {emptyTally, fuzzerNamed, playBatch, rowOf, TABLE_HEAD, verdictOf} from './play-batch.js';
import type {Tally} from './play-batch.js';

const ROOT = join(import.meta.dirname, '../..');
const TELL_MS = 60_000;

/** What is kept between runs. */
interface Soak {
  /** The code that was fuzzed: numbers of another do not add up with these. */
  readonly revision: string;
  readonly seed: number;
  seconds: number;
  /** By fuzzer: seeds played, milliseconds spent. */
  readonly turns: Record<string, {batches: number; milliseconds: number; tally: Tally}>;
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const git = (...args: string[]): string => execFileSync('git', args, {cwd: ROOT, encoding: 'utf8'});
const sum = (soak: Soak, of: (tally: Tally) => number): number =>
  Object.values(soak.turns).reduce((all, {tally}) => all + of(tally), 0);

/** Seeds of one run never meet those of another, nor those of another fuzzer. */
function seedOf(run: number, name: string, batch: number): number {
  return createHash('sha256').update(`${run}/${name}/${batch}`).digest().readInt32BE();
}

function begin(file: string): Soak {
  const revision = createHash('sha256')
    .update(git('rev-parse', 'HEAD') + git('diff', 'HEAD'))
    .digest('hex')
    .slice(0, 16);
  const wanted = process.env.SEED ? Number(process.env.SEED) : undefined;
  try {
    const known = JSON.parse(readFileSync(file, 'utf8')) as Soak;
    if (known.revision === revision && (wanted ?? known.seed) === known.seed) return known;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return {revision, seed: wanted ?? Math.floor(Math.random() * 2 ** 31), seconds: 0, turns: {}};
}

function keep(soak: Soak, file: string): void {
  mkdirSync(dirname(file), {recursive: true});
  writeFileSync(`${file}.new`, `${JSON.stringify(soak, undefined, 1)}\n`);
  renameSync(`${file}.new`, file);
}

const turnOf = (soak: Soak, {name}: Fuzzer) =>
  (soak.turns[name] ??= {batches: 0, milliseconds: 0, tally: emptyTally()});

async function soakFor(hours: number, file: string): Promise<Soak> {
  const soak = begin(file);
  const before = soak.seconds;
  say(
    `soak, SEED=${soak.seed}, ${hours} h${before > 0 ? `, goes on after ${sum(soak, (it) => it.inputs)} inputs` : ''}`,
  );
  const began = Date.now();
  let told = began;
  while (Date.now() < began + hours * 3_600_000) {
    const [fuzzer] = FUZZERS.toSorted((a, b) => turnOf(soak, a).milliseconds - turnOf(soak, b).milliseconds);
    if (fuzzer === undefined) break;
    const turn = turnOf(soak, fuzzer);
    const since = Date.now();
    const failed = turn.tally.failures.length;
    await playBatch(fuzzer, seedOf(soak.seed, fuzzer.name, turn.batches), fuzzer.batch, turn.tally);
    turn.batches += 1;
    turn.milliseconds += Date.now() - since;
    for (const {seed, input, why} of turn.tally.failures.slice(failed))
      say(`FAILED: ${fuzzer.name}, input ${input}; again: make soak FUZZER="${fuzzer.name}" SEED=${seed}\n  ${why}`);
    if (Date.now() - told < TELL_MS && Date.now() < began + hours * 3_600_000) continue;
    told = Date.now();
    soak.seconds = before + Math.round((told - began) / 1_000);
    keep(soak, file);
    say(`${soak.seconds} s: ${sum(soak, (it) => it.inputs)} inputs, ${sum(soak, (it) => it.failures.length)} failures`);
  }
  return soak;
}

async function playAgain(fuzzer: Fuzzer, seed: number): Promise<Tally> {
  const {name} = fuzzer;
  const tally = emptyTally();
  await playBatch(fuzzer, seed, fuzzer.batch, tally);
  say(JSON.stringify({...tally, name, seed}, undefined, 1));
  return tally;
}

/** @returns whether every fuzzer was played and none failed */
function table(soak: Soak): boolean {
  say(TABLE_HEAD);
  const tallies = FUZZERS.map((fuzzer) => ({fuzzer, tally: turnOf(soak, fuzzer).tally}));
  for (const {fuzzer, tally} of tallies) say(rowOf(fuzzer, tally));
  const inputs = sum(soak, (it) => it.inputs);
  const perHour = Math.round((inputs / Math.max(1, soak.seconds)) * 3_600);
  say(`${inputs} inputs in ${soak.seconds} s, ${perHour} an hour, SEED=${soak.seed}`);
  const {text, good} = verdictOf(tallies.map(({tally}) => tally));
  say(text);
  return good;
}

const {FUZZER: only, HOURS: hours, SEED: seed, DATA: data} = process.env;
const named = only ? fuzzerNamed(only, FUZZERS) : undefined;
if (typeof named === 'string') {
  process.stderr.write(`${named}\n`);
  process.exitCode = 2;
} else if (named !== undefined) {
  const {failures} = await playAgain(named, Number(seed));
  process.exitCode = failures.length === 0 ? 0 : 1;
} else {
  const soak = await soakFor(Number(hours || 1), join(resolve(ROOT, data || 'var'), 'soak.json'));
  process.exitCode = table(soak) ? 0 : 1;
}
