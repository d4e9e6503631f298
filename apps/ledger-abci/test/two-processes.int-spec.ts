import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {eventually, RunningProcess, runProcess} from '@vitalvault/testkit';
import type {ProcessToRun} from '@vitalvault/testkit';

const PROGRAM = join(import.meta.dirname, '../dist/main.js');
/** As two pods on one volume: another network namespace, the same file system. */
const OTHER_POD = ['unshare', '--user', '--map-root-user', '--net'];

let dir: string;
const running: RunningProcess[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-two-'));
});
afterAll(async () => {
  for (const process of running) await process.end('SIGKILL');
  await rm(dir, {recursive: true, force: true});
});

function ledger(name: string, before: readonly string[] = []): ProcessToRun {
  const [command, ...args] = [...before, process.execPath, PROGRAM];
  return {
    command,
    args,
    env: {
      PATH: process.env.PATH ?? '',
      VITALVAULT_SOCKET: join(dir, `${name}.sock`),
      VITALVAULT_STATE_DIR: join(dir, 'state'),
      // Each in its own namespace could have the same port; the first two have not.
      VITALVAULT_MANAGEMENT_PORT: name === 'first' ? '14001' : '14002',
    },
  };
}

async function start(name: string, before: readonly string[] = []): Promise<RunningProcess> {
  const process = new RunningProcess(ledger(name, before));
  running.push(process);
  await eventually(() => {
    expect(process.output).toContain('listening for CometBFT');
  }, 20_000);
  return process;
}

const REFUSED = /another process has the state directory/;

test('a second process is refused, in the same and in another network namespace, until the first was killed', async () => {
  const first = await start('first');
  const beside = await runProcess(ledger('beside'), 15_000);
  expect([beside.code, beside.stdout + beside.stderr]).toEqual([1, expect.stringMatching(REFUSED)]);
  const otherPod = await runProcess(ledger('other', OTHER_POD), 15_000);
  expect([otherPod.code, otherPod.stdout + otherPod.stderr]).toEqual([1, expect.stringMatching(REFUSED)]);
  await first.end('SIGKILL');
  const next = await start('other', OTHER_POD);
  // And the other way round.
  const late = await runProcess(ledger('first'), 15_000);
  expect([late.code, late.stdout + late.stderr]).toEqual([1, expect.stringMatching(REFUSED)]);
  await next.end('SIGKILL');
}, 60_000);
