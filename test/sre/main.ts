// `make drill-sre`: causes are really brought about on a running system under load, with a Prometheus that has the
// alert rules with their times divided by sixty: the alert fires, names the part, and clears, and nothing else wakes
// somebody.
//   main.ts [--data folder of a running system] [--only words of a cause;…] [--port-base n]
// Times that something took are not divided: a block, a time-out and an outage take what they take.
import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {Load} from '../chaos/load.js';
import {Journal} from '../e2e/platform/journal.js';
import {platformIn} from '../e2e/platform/platform.js';
import type {Platform} from '../e2e/platform/platform.js';
import {CAUSES} from './causes.ts';
import type {Cause} from './causes.ts';
import {Prometheus} from './prometheus.ts';
import type {FiringAlert} from './prometheus.ts';
import {valuesOfPanels} from './values-of-panels.ts';

const ROOT = join(import.meta.dirname, '../..');
const SCALE = 1 / 60;
/** In which an alert has to fire, and to clear. */
const PATIENCE_MS = 240_000;
const QUIET_MS = 60_000;
const LOOK_MS = 500;

const {values: options} = parseArgs({
  options: {data: {type: 'string'}, only: {type: 'string'}, 'port-base': {type: 'string', default: '9500'}},
});
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

interface Row {
  readonly cause: string;
  readonly told: string;
  /** Seconds; undefined: it did not within the patience. */
  readonly fired: number | undefined;
  readonly cleared: number | undefined;
  /** Other alerts that woke somebody meanwhile. */
  readonly others: readonly string[];
}

const nameOf = ({labels}: FiringAlert): string => labels['alertname'] ?? '';
const isPage = ({labels}: FiringAlert): boolean => labels['severity'] === 'page';
const isTold = (firing: readonly FiringAlert[], {alert, severity, labels}: Cause['told'][number]): boolean =>
  firing.some(
    (one) =>
      nameOf(one) === alert &&
      one.labels['severity'] === severity &&
      Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  );

/** @returns seconds until it holds; every look is shown what fires */
async function until(
  prometheus: Prometheus,
  holds: (firing: readonly FiringAlert[]) => boolean,
  patienceMs = PATIENCE_MS,
): Promise<number | undefined> {
  const began = Date.now();
  while (Date.now() - began < patienceMs) {
    if (holds(await prometheus.firing())) return (Date.now() - began) / 1_000;
    await pause(LOOK_MS);
  }
  return undefined;
}

async function play(cause: Cause, platform: Platform, prometheus: Prometheus): Promise<Row> {
  const {name, told, follows = []} = cause;
  // What wakes somebody already is not of this cause.
  const own = new Set([...told.map(({alert}) => alert), ...follows, ...(await prometheus.firing()).map(nameOf)]);
  const others = new Set<string>();
  const look = (firing: readonly FiringAlert[]): readonly FiringAlert[] => {
    for (const one of firing) if (isPage(one) && !own.has(nameOf(one))) others.add(nameOf(one));
    return firing;
  };
  const mend = await cause.bring(platform, prometheus);
  const fired = await until(prometheus, (firing) => told.every((one) => isTold(look(firing), one)));
  await mend();
  const cleared = await until(prometheus, (firing) => !told.some((one) => isTold(look(firing), one)));
  // What follows has its own windows; the next cause begins with a quiet night, where there is one on this machine.
  await until(prometheus, (firing) => !look(firing).some(isPage), QUIET_MS);
  const what = told.map(({alert, labels}) => [alert, ...Object.values(labels)].join(' ')).join(', ');
  return {cause: name, told: what, fired, cleared, others: [...others]};
}

const shown = ({cause, told, fired, cleared, others}: Row): string =>
  `| ${cause} | ${told} | ${fired?.toFixed(0) ?? '**never**'} | ${cleared?.toFixed(0) ?? '**never**'} | ${others.join(', ') || '0'} |`;

const wanted = CAUSES.filter(({name}) => options.only?.split(';').some((word) => name.includes(word)) ?? true);
const dir = mkdtempSync(join(tmpdir(), 'vv-sre-'));
const data = options.data === undefined ? join(dir, 'system') : resolve(options.data);
const launcher = (...args: string[]): number | null =>
  spawnSync(process.execPath, [join(ROOT, 'apps/launcher/dist/main.js'), ...args, '--data', data], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  }).status;

async function drill(): Promise<readonly Row[]> {
  const platform = platformIn(data);
  mkdirSync(join(dir, 'prometheus'));
  const prometheus = await Prometheus.start(join(dir, 'prometheus'), platform.endpoints.metrics, SCALE);
  try {
    const load = await Load.open(platform, new Journal(dir, 'sre'));
    load.begin();
    // The windows of the rules have something in them.
    await pause(20_000);
    const rows: Row[] = [];
    for (const cause of wanted) {
      const row = await play(cause, platform, prometheus);
      say(shown(row));
      rows.push(row);
    }
    const panels = await valuesOfPanels(prometheus);
    writeFileSync(join(ROOT, 'var/panels.md'), panels.text);
    say(`${panels.answered} of ${panels.queries} queries of panels have a value: ${join(ROOT, 'var/panels.md')}`);
    await load.end();
    return rows;
  } finally {
    await prometheus.stop();
  }
}

mkdirSync(join(ROOT, 'var'), {recursive: true});
const isOwn = options.data === undefined;
let rows: readonly Row[] = [];
try {
  if (isOwn && launcher('up', '--port-base', options['port-base']) !== 0)
    throw new Error('the system does not come up');
  say('| cause | alert | s to fire | s to clear | other pages |\n|---|---|---|---|---|');
  rows = await drill();
} finally {
  if (isOwn) launcher('clean');
  rmSync(dir, {recursive: true, force: true});
}
const passed = rows.filter(
  ({fired, cleared, others}) => fired !== undefined && cleared !== undefined && others.length === 0,
);
say(`${passed.length} passed, ${wanted.length - passed.length} failed`);
process.exitCode = passed.length === wanted.length && wanted.length > 0 ? 0 : 1;
