// The test of the checker: defects are put into a copy of the built tree, one after the other, services are started
// from there, clients do what they do, and the checker has to find each by the rules that are named for it, and by no
// other. main.ts --data <folder of a running system> [--together | --only n,n]; SIGINT: no further one
import {spawnSync} from 'node:child_process';
import {mkdirSync, rmSync} from 'node:fs';
import {join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {Journal} from '../../e2e/platform/journal.js';
import {platformIn} from '../../e2e/platform/platform.js';
import type {Platform} from '../../e2e/platform/platform.js';
import {broken, judge} from '../judge.js';
import {Load} from '../load.js';
import {DEFECTS, atOnce} from './defects.js';
import type {Defect} from './defects.js';
import {ROOT, seededTree} from './seeded-tree.js';

const RECORDS = 6;
const SETTLE_MS = 25_000;
const WAIT_MS = 6_000;

const {values: options} = parseArgs({
  options: {data: {type: 'string'}, together: {type: 'boolean', default: false}, only: {type: 'string'}},
});
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

/** One of the launcher's commands, by the launcher of that tree: it starts its own programs. */
function launcher(tree: string, platform: Platform, ...args: string[]): void {
  const program = [join(tree, 'apps/launcher/dist/main.js'), ...args, '--data', platform.data];
  const {status, stderr} = spawnSync(process.execPath, program, {cwd: tree, encoding: 'utf8'});
  if (status !== 0) throw new Error(`launcher ${args.join(' ')}: ${stderr}`);
}

/** What clients do, of whom the checker judges. */
async function use(platform: Platform, load: Load, {play}: Defect): Promise<void> {
  if (play === undefined) {
    for (let i = 0; i < RECORDS; i++) await load.post();
    await load.turn();
    return;
  }
  await load.turn();
  await platform.control('kill', 'kafka');
  await Promise.all(Array.from({length: RECORDS}, () => load.post(10_000)));
  await platform.control('kill', 'ingest');
  await platform.control('start', 'kafka');
}

/** @returns the rules that the checker found broken */
async function play(platform: Platform, defect: Defect, observed: string): Promise<string[]> {
  mkdirSync(observed, {recursive: true});
  const load = await Load.open(platform, new Journal(observed, 'clients'));
  const tree = await seededTree(defect.patches);
  const started = defect.started.join(',');
  try {
    launcher(ROOT, platform, 'stop', started);
    launcher(tree, platform, 'start', started);
    await use(platform, load, defect);
    // With the defect still in place: what it would do later, it has to do.
    await load.settled(SETTLE_MS).catch(() => undefined);
    await new Promise((done) => setTimeout(done, defect.waitMs ?? WAIT_MS));
    await load.list();
    return broken(judge(platform.data, observed)).toSorted();
  } finally {
    launcher(ROOT, platform, 'stop', started);
    launcher(ROOT, platform, 'start', started);
    rmSync(tree, {recursive: true, force: true});
  }
}

const ending = new AbortController();
process.on('SIGINT', () => {
  ending.abort();
});
const platform = platformIn(resolve(options.data ?? ''));
const only = options.only?.split(',').map(Number);
const defects = options.together ? [atOnce(DEFECTS)] : DEFECTS.filter((_, i) => only?.includes(i) ?? true);
let [passed, failed] = [0, 0];
for (const defect of defects) {
  if (ending.signal.aborted) break;
  const began = Date.now();
  const found = await play(platform, defect, join(platform.data, `defect-${began}`)).catch((error: unknown) => [
    error instanceof Error ? (error.stack ?? error.message) : String(error),
  ]);
  const right = found.join() === defect.found.toSorted().join();
  if (right) passed += 1;
  else failed += 1;
  const verdict = right ? 'ok   ' : `FAIL  found ${JSON.stringify(found)}, not`;
  say(
    `${verdict} ${defect.what}: ${defect.found.join(', ') || 'nothing'}  ${Math.round((Date.now() - began) / 1_000)} s`,
  );
}
say(JSON.stringify({passed, failed}));
process.exit(failed === 0 && passed > 0 ? 0 : 1);
