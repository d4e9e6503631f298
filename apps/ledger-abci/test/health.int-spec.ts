import {RunningProcess, eventually, freePort, startEngines} from '@vitalvault/testkit';
import type {Engines, ProcessToRun} from '@vitalvault/testkit';
import {readFile} from 'node:fs/promises';
import {get} from 'node:http';

let engines: Engines;
let ledger: RunningProcess;
let comet: RunningProcess | undefined;
let cometAs: ProcessToRun;
let url: string;

const ask = (path: string): Promise<[number, {reasons?: {chain: string}}]> =>
  new Promise((resolve, reject) => {
    get(url + path, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk: string) => (text += chunk))
        .on('end', () => {
          resolve([response.statusCode ?? 0, JSON.parse(text) as object]);
        });
    }).on('error', reject);
  });

/** Of the last block, as /metrics tells it. */
async function height(): Promise<number | undefined> {
  const text = await (await fetch(`${url}/metrics`)).text();
  for (const name of ['keys', 'leaves', 'keys_ceiling', 'leaves_ceiling'])
    expect(text).toMatch(new RegExp(`^vitalvault_ledger_${name}\\{organisation="[0-9a-f]{40}"\\} \\d+$`, 'm'));
  const [, value] = /^vitalvault_ledger_height (\d+)$/m.exec(text) ?? [];
  return value === undefined ? undefined : Number(value);
}

/** A process of the launcher as it was started. */
async function startedAs(name: string): Promise<ProcessToRun> {
  const partsOf = async (file: string): Promise<string[]> =>
    (await readFile(`/proc/${String(engines.endpoints.processes[name]?.pid)}/${file}`, 'utf8'))
      .split('\0')
      .slice(0, -1);
  const [command = '', ...args] = await partsOf('cmdline');
  return {
    command,
    args,
    env: Object.fromEntries(
      (await partsOf('environ')).map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    ),
  };
}

beforeAll(async () => {
  engines = await startEngines({only: ['validators'], validators: 1});
  const [abciAs, port] = [await startedAs('abci-0'), await freePort()];
  cometAs = await startedAs('comet-0');
  url = `http://127.0.0.1:${String(port)}`;
  await engines.control('stop', 'comet-0');
  await engines.control('stop', 'abci-0');
  ledger = new RunningProcess({...abciAs, env: {...abciAs.env, VITALVAULT_MANAGEMENT_PORT: String(port)}});
  await eventually(async () => expect((await ask('/startz'))[0]).toBe(200), 20_000);
});

afterAll(async () => {
  await comet?.end('SIGKILL');
  await ledger.end('SIGKILL');
  await engines.stop();
});

describe('health of the ledger under a real CometBFT', () => {
  it('is alive and started, but not ready while CometBFT is away', async () => {
    expect((await ask('/livez'))[0]).toBe(200);
    expect(await ask('/readyz')).toEqual([
      503,
      {status: 'not ready', reasons: {chain: 'CometBFT is not connected (0 of 4 connections)'}},
    ]);
    expect(await height()).toBeUndefined();
  });

  it('is ready with the height when a block came, and goes on with it', async () => {
    comet = new RunningProcess(cometAs);
    await eventually(async () => expect(await ask('/readyz')).toEqual([200, {status: 'ok'}]), 60_000);
    const first = await height();
    expect(first).toBeGreaterThan(0);
    await eventually(async () => expect(await height()).toBeGreaterThan(first ?? 0), 30_000);
  });

  it('is not ready any more when CometBFT dies, and ends cleanly', async () => {
    await comet?.end('SIGKILL');
    await eventually(
      async () => expect((await ask('/readyz'))[1].reasons?.chain).toMatch(/^CometBFT is not connected/),
      5_000,
    );
    expect(await ledger.end('SIGTERM')).toBe(0);
    await expect(ask('/livez')).rejects.toThrow();
  });
});
