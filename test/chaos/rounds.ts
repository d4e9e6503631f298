// `make chaos`: rounds of faults, each on a system of its own and with a seed of its own, then the seeded defects.
// SEED=n begins with that seed; HOURS=n goes on for so long, without it there is one round. Ctrl-C ends the round that
// is played: what was done by then is judged and kept.
import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {mayGoOn, seedOf} from './round-plan.js';

const ROOT = new URL('../..', import.meta.url).pathname;
const PORT_BASE = '7500';
const SOURCES = ['--disable-warning=ExperimentalWarning', '--import', './tools/run-sources.ts'];
const LAUNCHER = 'apps/launcher/dist/main.js';

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const hours = Number(process.env['HOURS'] || 0);
if (!(hours >= 0)) throw new RangeError(`HOURS is a number, not ${hours}`);
const first = process.env['SEED'] || String(Date.now());

const untilMs = Date.now() + hours * 3_600_000;
const ending = new AbortController();
const isEnded = (): boolean => ending.signal.aborted;
let [rounds, red] = [0, 0];
const hasMore = (): boolean => mayGoOn({red, ended: isEnded(), untilMs}, Date.now());

/** What Ctrl-C is for: a system that starts, or a round. */
let played: ChildProcess | undefined;
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (isEnded()) return;
    ending.abort();
    say('\nending: what was done is judged, and the system is stopped; some minutes');
    played?.kill('SIGINT');
  });

/** Runs a program of ours in a group of its own: Ctrl-C at the terminal would end all that it has started. */
async function run(args: readonly string[], {quiet = false, more = {}, mayEnd = false} = {}): Promise<boolean> {
  const child = spawn(process.execPath, args, {
    ...{cwd: ROOT, env: {...process.env, ...more}, detached: true},
    stdio: ['ignore', quiet ? 'ignore' : 'inherit', 'inherit'],
  });
  if (mayEnd) played = child;
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  played = undefined;
  return code === 0;
}

const launcher = (command: string, data: string, ...more: string[]): Promise<boolean> =>
  run([LAUNCHER, command, ...more, '--data', data], {quiet: true, mayEnd: command === 'up'});

/** Afterwards, whether the checker finds what is put in for it to find; one by one they take a quarter of an hour. */
const defects = (data: string): Promise<boolean> =>
  run([...SOURCES, 'test/chaos/defects/main.ts', '--data', data, ...(hours > 0 ? [] : ['--together'])], {mayEnd: true});

type Outcome = 'good' | 'red' | 'not played';

async function play(data: string, seed: string): Promise<Outcome> {
  const isUp = await launcher('up', data, '--port-base', PORT_BASE);
  if (isEnded()) return 'not played';
  if (!isUp) return 'red';
  const round = [...SOURCES, 'test/chaos/main.ts', '--data', data, '--record'];
  if (!(await run(round, {more: {SEED: seed}, mayEnd: true}))) return 'red';
  // What they do stays on the ledger, so they come last.
  if (isEnded() || hasMore() || (await defects(data))) return 'good';
  return isEnded() ? 'good' : 'red';
}

async function round(seed: string): Promise<Outcome> {
  const data = mkdtempSync(join(tmpdir(), 'vv-chaos-'));
  const outcome = await play(data, seed);
  await launcher(outcome === 'red' ? 'down' : 'clean', data);
  if (outcome === 'red') say(`what clients, faults and logs say is in ${data}`);
  else rmSync(data, {recursive: true, force: true});
  return outcome;
}

do {
  const outcome = await round(seedOf(first, rounds));
  if (outcome === 'red') red += 1;
  if (outcome !== 'not played') rounds += 1;
} while (hasMore());
say(`rounds ${rounds}, red ${red}; each has its row in test/chaos/RUNS.md`);
process.exit(rounds > 0 && red === 0 ? 0 : 1);
