import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {spawn} from 'node:child_process';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const MAIN = join(import.meta.dirname, '..', 'dist', 'main.js');
// Apart from the ports of testkit's engines (10,000 to 26,400) and of the demo: other specs run at the same time.
const PORT_BASE = 27_100 + Math.floor(Math.random() * 5_000);

interface Status {
  processes: {name: string; state: string; pid?: number; pssBytes: number}[];
}

let dir: string;
let data: string;

/** Runs the launcher as a user would. */
function launcher(...args: string[]): Promise<{code: number | null; output: string}> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [MAIN, ...args], {stdio: ['ignore', 'pipe', 'pipe']});
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    child.once('close', (code) => {
      resolve({code, output});
    });
  });
}

const on = (command: string, ...args: string[]) => launcher(command, ...args, '--data', data);

async function stateOf(name: string): Promise<{state: string; pid?: number; pssBytes: number} | undefined> {
  const {output} = await on('status', '--json');
  return (JSON.parse(output) as Status).processes.find((p) => p.name === name);
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-launcher-'));
  // Longer than a unix socket's path may be.
  data = join(dir, 'd'.repeat(120));
});

afterAll(async () => {
  await on('clean');
  await rm(dir, {recursive: true, force: true});
});

describe('the launcher with real engines', () => {
  it('starts what is asked for, and says where it is', async () => {
    const {code, output} = await on('up', '--port-base', String(PORT_BASE), '--only', 'postgres,otel,ipfs');
    expect([code, output]).toEqual([0, expect.stringContaining('ready')]);
    const endpoints = JSON.parse(await readFile(join(data, 'endpoints.json'), 'utf8')) as {
      processes: Record<string, {pid: number; log: string}>;
      postgres: string;
      ipfsCluster: string[];
    };
    expect(Object.keys(endpoints.processes).toSorted()).toEqual([
      'cluster-0',
      'cluster-1',
      'cluster-2',
      'kubo-0',
      'kubo-1',
      'kubo-2',
      'otel',
      'postgres',
    ]);
    expect(endpoints.postgres).toBe(`postgres://vitalvault@127.0.0.1:${String(PORT_BASE + 310)}/postgres`);
    const peers = (await (
      await fetch(`${endpoints.ipfsCluster[0] ?? ''}/monitor/metrics/freespace`)
    ).json()) as unknown[];
    expect(peers).toHaveLength(3);
  });

  it('starts nothing twice', async () => {
    const before = await stateOf('postgres');
    expect((await on('up', '--only', 'postgres')).code).toBe(0);
    expect((await stateOf('postgres'))?.pid).toBe(before?.pid);
  });

  it('shows memory, a kill as a kill and a crash as a crash, and starts again after either', async () => {
    expect((await stateOf('otel'))?.pssBytes).toBeGreaterThan(1024 ** 2);
    await on('kill', 'postgres');
    expect(await stateOf('postgres')).toMatchObject({state: 'killed'});
    expect((await on('start', 'postgres')).code).toBe(0);
    process.kill((await stateOf('otel'))?.pid ?? NaN, 'SIGKILL');
    expect(await stateOf('otel')).toMatchObject({state: 'died'});
    expect((await on('start', 'otel')).code).toBe(0);
    expect(await stateOf('otel')).toMatchObject({state: 'running'});
  });

  it('names a port that somebody else has, and leaves nothing of the attempt running', async () => {
    await on('stop', 'otel');
    const thief = createServer().listen(PORT_BASE + 321, '127.0.0.1');
    const {code, output} = await on('start', 'otel');
    await new Promise((done) => thief.close(done));
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(new RegExp(`${String(PORT_BASE + 321)} \\(otel\\).*PORT_BASE`)),
    ]);
    expect(await stateOf('otel')).toMatchObject({state: 'stopped'});
  });

  it('names what there is instead of a name that there is not', async () => {
    const {code, output} = await on('kill', 'kafak');
    expect([code, output]).toEqual([1, expect.stringMatching(/"kafak"[^]*Processes:.* kafka /)]);
  });

  it('stops everything and leaves no process', async () => {
    const endpoints = JSON.parse(await readFile(join(data, 'endpoints.json'), 'utf8')) as {
      processes: Record<string, {pid: number}>;
    };
    expect((await on('down')).code).toBe(0);
    const {processes} = JSON.parse((await on('status', '--json')).output) as Status;
    expect(new Set(processes.map((p) => p.state))).toEqual(new Set(['stopped']));
    for (const {pid} of Object.values(endpoints.processes)) {
      const stat = await readFile(`/proc/${String(pid)}/stat`, 'utf8').catch(() => ' Z ');
      expect(stat).toMatch(/ Z /);
    }
  });

  it('finds its data again after everything was stopped', async () => {
    expect((await on('up', '--only', 'postgres')).code).toBe(0);
    expect((await stateOf('postgres'))?.state).toBe('running');
  });

  it('deletes nothing that it did not make', async () => {
    const {output} = await launcher('clean', '--data', dir);
    expect(output).toContain('nothing to delete');
    expect((await on('status')).code).toBe(0);
  });
});
