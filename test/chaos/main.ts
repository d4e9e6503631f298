// A round of chaos: faults drawn from a seed on the real engines, under clients who write down what they see; then the
// independent checker judges. SEED=n draws the same faults again. SIGINT: no further fault; what was done is judged.
//   main.ts --data <folder of a running system> [--seconds n] [--only kind;kind | --quick] [--record]
//   main.ts --data <the same> --once --only kind;kind   each of them once, in that order
import {execFileSync} from 'node:child_process';
import {appendFileSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {Journal} from '../e2e/platform/journal.js';
import {platformIn} from '../e2e/platform/platform.js';
import {Chance} from './chance.js';
import {FAULTS} from './faults.js';
import type {Kind} from './faults/fault.js';
import {Goodput} from './goodput.js';
import type {Recovery} from './goodput.js';
import {broken, settledVerdict} from './judge.js';
import type {Verdicts} from './judge.js';
import {Load} from './load.js';
import {bound, keepRun} from './runs.js';
import {Stage} from './stage.js';

const ROOT = new URL('../..', import.meta.url).pathname;
const RUNS = join(ROOT, 'test/chaos/RUNS.md');
const WARDS = 2;
/** Start, settling and judgement take the rest of ten minutes. */
const SECONDS = '330';
const BREATH_MS = 700;
/** What was alerted so long ago has to be in a patient's list. @spec test/checker/rules.py */
const SHOWN_MS = 6_000;

const {values: options} = parseArgs({
  options: {
    data: {type: 'string'},
    seconds: {type: 'string', default: SECONDS},
    only: {type: 'string'},
    once: {type: 'boolean', default: false},
    quick: {type: 'boolean', default: false},
    record: {type: 'boolean', default: false},
  },
});
const env = process.env;
const seed = env['SEED'] || String(Date.now());
/** What draws the same schedule again. */
const drawnBy = [seed, options.once ? 'once' : '', options.only ?? ''].filter((part) => part !== '').join(', ');
const seconds = Number(options.seconds);
const ending = new AbortController();
process.on('SIGINT', () => {
  ending.abort();
});
const isEnded = (): boolean => ending.signal.aborted;
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** Faults that were played, by kind: how often, how many were hit, how many processes were killed, what came back. */
const played = new Map<string, {times: number; hit: number; kills: number; recoveries: Recovery[]}>();

/** Kinds by weight, without those that this machine cannot do or that had their turns. */
function drawn(chance: Chance): [string, Kind] {
  const only = options.only?.split(';');
  const kinds = Object.entries(FAULTS).filter(
    ([kind, {most = Infinity, possible = () => true, slow = false}]) =>
      (only?.includes(kind) ?? !(slow && options.quick)) &&
      possible(env['PATH'] ?? '') &&
      (played.get(kind)?.times ?? 0) < most,
  );
  return chance.of(kinds.flatMap((kind) => Array.from({length: kind[1].weight}, () => kind)));
}

/** What is played: drawn until the time is over, or each that was asked for once. */
function* schedule(chance: Chance): Generator<[string, Kind]> {
  if (options.once) {
    for (const kind of options.only?.split(';') ?? Object.keys(FAULTS)) {
      const found = FAULTS[kind];
      if (found === undefined) throw new RangeError(`no fault ${kind}`);
      if (!isEnded()) yield [kind, found];
    }
    return;
  }
  for (const until = Date.now() + seconds * 1_000; Date.now() < until && !isEnded();) yield drawn(chance);
}

/** @returns what the platform owed its clients beside what the checker judges, a sentence each */
async function playFaults(stage: Stage, chance: Chance, data: string): Promise<string[]> {
  const goodput = await Goodput.measure(stage.loads);
  say(`  ${goodput.baseline.toFixed(1)} receipts a second before the first fault`);
  let healed = Date.now();
  for (const [kind, {play}] of schedule(chance)) {
    const began = Date.now();
    const {what, count, kills} = await play(stage, chance);
    await stage.answers();
    healed = Date.now();
    const recovery = await goodput.back(began, healed);
    const before = played.get(kind) ?? {times: 0, hit: 0, kills: 0, recoveries: []};
    played.set(kind, {
      ...{times: before.times + 1, hit: before.hit + count, kills: before.kills + kills},
      recoveries: [...before.recoveries, recovery],
    });
    const refusals = refusalsSince(stage.loads, healed);
    const line = {at: began, kind, what, count, kills, milliseconds: healed - began, ...recovery, refusals};
    appendFileSync(join(data, 'faults.jsonl'), `${JSON.stringify(line)}\n`);
    const beside = kills > 0 && kind !== 'kill' ? `, and ${kills} killed` : '';
    const how = `${line.milliseconds} ms, ${toldOf(recovery)}${recovery.backMs === undefined ? `: ${refusals}` : ''}`;
    say(`  ${new Date(began).toISOString().slice(11, 19)}  ${kind}: ${what}${beside}  ${how}`);
    await pause(BREATH_MS + chance.between(0, 1_500));
  }
  const dead = [...played].flatMap(([kind, {recoveries}]) =>
    recoveries.filter((one) => one.dead).map(() => `a minute after a fault (${kind}) half of what was taken is not`),
  );
  return [...dead, ...(await goodput.unserved(healed))];
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;
const toldOf = ({during, backMs, share}: Recovery): string =>
  `${percent(during)} of the receipts, then ${percent(share)} ${backMs === undefined ? 'later than' : `after ${backMs} of`} 10 s`;

/** What devices were told instead of receipts, and how often. */
function refusalsSince(loads: readonly Load[], since: number): string {
  const times = new Map<string, number>();
  for (const {at, told} of loads.flatMap(({refusals}) => refusals))
    if (at >= since) times.set(told, (times.get(told) ?? 0) + 1);
  return [...times].map(([told, count]) => `${told} ${count} times`).join(', ') || 'nothing was refused';
}

function reportFaults(): void {
  say(`\n${'fault'.padEnd(28)}  times   hit kills  during  back in 10 s, at the latest`);
  for (const [kind, {times, hit, kills, recoveries}] of played) {
    const counts = [times, hit, kills].map((n) => String(n).padStart(5)).join(' ');
    const during = percent(recoveries.reduce((sum, one) => sum + one.during, 0) / recoveries.length);
    const back = recoveries.flatMap(({backMs}) => backMs ?? []);
    const latest = back.length > 0 ? `, ${Math.max(...back)} ms` : '';
    say(`${kind.padEnd(28)} ${counts}  ${during.padStart(6)}  ${back.length} of ${recoveries.length}${latest}`);
  }
}

function report(verdicts: Verdicts, failures: readonly string[]): {kills: number; otherFaults: number} {
  const kills = [...played.values()].reduce((sum, one) => sum + one.kills, 0);
  const otherFaults = [...played].reduce((sum, [kind, {times}]) => sum + (FAULTS[kind]?.kills ? 0 : times), 0);
  reportFaults();
  say(`\n${'rule'.padEnd(52)} broken  chances  bound`);
  for (const [rule, {broken: times, chances}] of Object.entries(verdicts))
    say(`${rule.padEnd(52)} ${String(times).padStart(6)} ${String(chances).padStart(8)}  ${bound(chances, times)}`);
  const found = broken(verdicts).length + failures.length;
  say(
    `\nbroken by a kill: ${bound(kills, found)} of ${kills}; by another fault: ${bound(otherFaults, found)} of ${otherFaults}`,
  );
  for (const failure of new Set(failures)) say(failure);
  return {kills, otherFaults};
}

function commit(): string {
  const git = (...args: string[]): string => execFileSync('git', args, {cwd: ROOT, encoding: 'utf8'}).trim();
  const changed = git('status', '--porcelain', '--untracked-files=no', '--', '.', ':!test/chaos/RUNS.md') !== '';
  return git('rev-parse', '--short=10', 'HEAD') + (changed ? '+' : '');
}

/** What no rule of the checker sees, a sentence each. */
function failuresOf(stage: Stage): string[] {
  const answers = stage.loads.flatMap(({unexpected}) => unexpected.map((answer) => `a device was told: ${answer}`));
  const itself = [...stage.services.values()].filter(({endedItself}) => endedItself > 0);
  const ended = itself.map(({name, endedItself}) => `${name} ended by itself ${endedItself} times`);
  return [...answers, ...ended, ...(stage.webhook.taken === 0 && !isEnded() ? ['no alert came to a webhook'] : [])];
}

/** @returns how many rules held, and how many did not or had no chance */
async function run(data: string): Promise<{passed: number; failed: number}> {
  const began = Date.now();
  const platform = platformIn(data);
  const stage = await Stage.set(platform, async () => {
    const loads: Load[] = [];
    // One after the other: they are enrolled by one sponsor.
    for (let i = 0; i < WARDS; i++)
      loads.push(await Load.open(platform, new Journal(join(data, 'observed'), `chaos-${i}`)));
    return loads;
  });
  // A minute has time for one thing after the other.
  stage.restless = !options.quick;
  try {
    for (const load of stage.loads) load.begin();
    // Whatever ends it early, what it did is judged, and is a row.
    const unserved = await playFaults(stage, new Chance(seed), data).catch((error: unknown) => [String(error)]);
    await Promise.all(stage.loads.map((load) => load.end()));
    for (const load of stage.loads) await load.settled().catch((error: unknown) => say(String(error)));
    await pause(SHOWN_MS);
    const lists = await Promise.allSettled(stage.loads.map((load) => load.list()));
    const unlisted = lists.filter(({status}) => status === 'rejected').map(() => 'a patient could not see her alerts');
    const verdicts = await settledVerdict(data);
    const failures = [...unserved, ...unlisted, ...failuresOf(stage)];
    const {kills, otherFaults} = report(verdicts, failures);
    const all = Object.values(verdicts);
    // One that was ended early may have had no chance of some.
    const bad = all.filter(({broken: times, chances}) => times > 0 || (chances === 0 && !isEnded())).length;
    if (options.record && kills + otherFaults > 0)
      keepRun(RUNS, {
        ...{date: new Date(began).toISOString().slice(0, 10), commit: commit(), seed: drawnBy, kills, otherFaults},
        minutes: Math.round((Date.now() - began) / 60_000),
        chances: Math.min(...all.map(({chances}) => chances)),
        broken: all.reduce((sum, {broken: times}) => sum + times, failures.length),
      });
    return {passed: all.length - bad, failed: bad + (failures.length > 0 ? 1 : 0)};
  } finally {
    await stage.giveBack();
  }
}

say(`chaos: SEED=${seed}, ${seconds} s, commit ${commit()}`);
let result = {passed: 0, failed: 1};
try {
  if (options.data === undefined) throw new Error('--data is missing: a running system, as make up has it');
  result = await run(resolve(options.data));
} catch (error) {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
say(`SEED=${seed}`);
say(JSON.stringify(result));
process.exit(result.failed === 0 && result.passed > 0 ? 0 : 1);
