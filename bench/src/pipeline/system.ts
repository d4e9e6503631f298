import {spawn} from 'node:child_process';
import {readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {platformIn} from '../../../test/e2e/platform/platform.js';
import type {Platform} from '../../../test/e2e/platform/platform.js';
import type {RowContext} from '../suite/row.js';
import {PIPELINE} from './config.js';

const LAUNCHER = join(import.meta.dirname, '../../../apps/launcher/dist/main.js');

/**
 * The whole system, every engine and every service, as `make up` starts it, in a directory of its own. What the
 * launcher starts outlives who called it, so somebody waits who takes it away when this process ends, however it does.
 */
export async function startSystem({scratch, say}: Pick<RowContext, 'scratch' | 'say'>): Promise<Platform> {
  if (PIPELINE.data !== undefined) return platformIn(PIPELINE.data);
  const data = join(scratch.directory('pipeline'), 'data');
  const clean = `cat > /dev/null; exec "$0" --no-warnings "$@"`;
  const undertaker = spawn('sh', ['-c', clean, process.execPath, LAUNCHER, 'clean', '--data', data], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const gone = new Promise((resolve) => undertaker.once('close', resolve));
  scratch.defer(async () => {
    undertaker.stdin.end();
    await gone;
  });
  say('starting every engine and service');
  await launch(['up', '--data', data, '--port-base', PIPELINE.portBase]);
  return platformIn(data);
}

/** Names of the launcher's processes, with their pids. */
export function processesOf({data}: Pick<Platform, 'data'>): Map<string, number> {
  const run = join(data, 'run');
  const names = readdirSync(run).flatMap((file) => (/^(.+)\.json$/.exec(file)?.[1] ?? '').split('\n'));
  return new Map(
    names.flatMap((name) => {
      if (name === '') return [];
      const {pid} = JSON.parse(readFileSync(join(run, `${name}.json`), 'utf8')) as {pid?: number};
      return pid === undefined ? [] : [[name, pid] as const];
    }),
  );
}

function launch(args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--no-warnings', LAUNCHER, ...args], {stdio: ['ignore', 'pipe', 'pipe']});
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-2_000)));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`launcher ${args.join(' ')}: ${said}`));
    });
  });
}
