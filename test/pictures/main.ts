// `make pictures`: what is seen of a real run, in a real Chromium. A system with OBSERVE=1, the story, then one reading
// followed from POST to alert in Zipkin's page, and every dashboard drawn from what Prometheus scraped.
//   main.ts [--data folder of such a system] [--port-base n] [--minutes n of load] [--into folder of the pictures]
// It fails where a trace is in pieces, or a dashboard has nothing to show.
import {spawnSync} from 'node:child_process';
import {mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {parseArgs} from 'node:util';
import {ChromiumPage} from '../../tools/chromium.ts';
import {Load} from '../chaos/load.js';
import {Journal} from '../e2e/platform/journal.js';
import {platformIn} from '../e2e/platform/platform.js';
import {Checks} from './checks.ts';
import {pictureDashboards} from './picture-dashboards.ts';
import {alertedReading, followReading} from './follow-reading.ts';

const ROOT = join(import.meta.dirname, '../..');

const {values: options} = parseArgs({
  options: {
    data: {type: 'string'},
    'port-base': {type: 'string', default: '9500'},
    minutes: {type: 'string', default: '3'},
    into: {type: 'string', default: join(ROOT, 'var/pictures')},
  },
});
const dir = mkdtempSync(join(tmpdir(), 'vv-pictures-'));
const data = options.data === undefined ? join(dir, 'system') : resolve(options.data);
const into = resolve(options.into);
const checks = new Checks();

function run(...args: string[]): void {
  const {status} = spawnSync(process.execPath, ['--no-warnings', ...args, '--data', data], {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${String(status)}`);
}
const launcher = (...args: string[]): void => run(join(ROOT, 'apps/launcher/dist/main.js'), ...args);

/** Whether the same spans without what links them are seen to be in pieces. */
function isInPieces(traces: string): boolean {
  const file = join(dir, 'unlinked.jsonl');
  writeFileSync(file, readFileSync(traces, 'utf8').replaceAll('"links":[', '"lost":['));
  try {
    alertedReading(file);
    return false;
  } catch {
    return true;
  }
}

async function look(page: ChromiumPage): Promise<void> {
  const platform = platformIn(data);
  const {observers = {}, traces = join(data, 'otel', 'traces.jsonl')} = platform.endpoints;
  const picture = join(into, 'trace.png');
  await followReading({file: traces, zipkin: observers['zipkin'] ?? ''}, checks, page, picture);
  checks.holds('without links no reading would have come so far', isInPieces(traces));
  const from = Date.now() / 1_000;
  const load = await Load.open(platform, new Journal(dir, 'pictures'));
  load.begin();
  await pause(Number(options.minutes) * 60_000);
  await pictureDashboards({prometheus: observers['prometheus'] ?? '', from, into}, checks, page);
  await load.end();
}

mkdirSync(into, {recursive: true});
const isOwn = options.data === undefined;
const page = await ChromiumPage.open();
try {
  if (isOwn) launcher('up', '--observe', '--port-base', options['port-base']);
  run(join(ROOT, 'test/story/dist/main.js'));
  await look(page);
} finally {
  await page.close();
  if (isOwn) launcher('clean');
  rmSync(dir, {recursive: true, force: true});
}
process.stdout.write(`${checks.passed} passed, ${checks.failed} failed\n`);
process.exitCode = checks.failed === 0 && checks.passed > 0 ? 0 : 1;
