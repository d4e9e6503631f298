import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {chmodSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {Start} from '../ops/run-at-service.js';
import type {Finding} from './finding.js';
import {certificateFinding, lookAtAddress} from './look-at-connections.js';
import {addressOf, lookAtHere} from './look-at-here.js';
import {clockFinding, lookAtKeyFile, lookAtSpace, spaceFinding} from './look-at-machine.js';
import {lookAtReadiness} from './look-at-readiness.js';
import {lookAtRelease, roomOf} from './look-at-release.js';
import {lookAtSystem} from './look-at-system.js';
import {lookAtValidators} from './look-at-validators.js';

const NOW = Date.UTC(2026, 10, 28, 22);
const DAY = 86_400_000;
const MIB = 1_048_576;
const dir = mkdtempSync(join(tmpdir(), 'vv-doctor-'));
const open: {close: () => void}[] = [];
afterAll(() => {
  for (const one of open) one.close();
  rmSync(dir, {recursive: true});
});

/** Answers each path with its JSON, 503 where it has reasons. */
async function serves(answers: (path: string) => object): Promise<string> {
  const server = createServer((request, response) => {
    const body = answers(request.url ?? '');
    response.writeHead('reasons' in body ? 503 : 200, {'content-type': 'application/json'}).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push({close: () => server.close()});
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}
const shortly = (findings: readonly Finding[]) => findings.map(({part, state, what}) => `${state} ${part}: ${what}`);
const NOBODY = 'http://127.0.0.1:59';

interface Node {
  height: number;
  catchingUp?: boolean;
  ageMs?: number;
  network?: string;
  appHash?: string;
}
const node = ({height, catchingUp = false, ageMs = 0, network = 'c-1', appHash = 'AA'}: Node): Promise<string> =>
  serves((path) =>
    path.startsWith('/commit')
      ? {result: {signed_header: {header: {app_hash: appHash}}}}
      : {
          result: {
            node_info: {network},
            sync_info: {
              latest_block_height: String(height),
              latest_block_time: new Date(NOW - ageMs).toISOString(),
              catching_up: catchingUp,
              latest_app_hash: appHash,
            },
          },
        },
  );

describe('what a process says of itself', () => {
  it('is told with what to do about each', async () => {
    const url = await serves(() => ({
      status: 'not ready',
      reasons: {database: 'ECONNREFUSED'},
      degraded: [
        {part: 'vv.alerts.v1', at: 'vv.alerts.v1/0/7', since: '2026-11-28T21:00:00.000Z', reason: 'NewerMessage'},
      ],
    }));
    const findings = await lookAtReadiness('notify', url);
    expect(shortly(findings)).toEqual([
      'broken notify: database: ECONNREFUSED',
      'degraded notify: vv.alerts.v1 at vv.alerts.v1/0/7: NewerMessage, since 2026-11-28T21:00:00.000Z',
    ]);
    expect(findings.map(({remedy}) => remedy)).toEqual([
      expect.stringContaining('Is PostgreSQL up'),
      expect.stringContaining('A follower that stopped'),
    ]);
  });

  it('is a fault where it says nothing', async () => {
    expect(shortly(await lookAtReadiness('policy', NOBODY))).toEqual(['broken policy: ECONNREFUSED']);
    expect(shortly(await lookAtReadiness('policy', await serves(() => ({status: 'ok'}))))).toEqual([
      'ok policy: ready',
    ]);
  });

  it.each([{}, {status: 'not found'}, {result: {}}, []])('is nothing of ours where the answer is %j', async (body) => {
    expect(shortly(await lookAtReadiness('policy', await serves(() => body)))).toEqual([
      'broken policy: answers 200, and not as one of ours does',
    ]);
  });
});

describe('validators', () => {
  const at = {chainId: 'c-1', nowMs: NOW};

  it('are told that are away, of another ledger, or behind', async () => {
    const urls = [
      NOBODY,
      await node({height: 90, network: 'other'}),
      await node({height: 100}),
      await node({height: 94}),
    ];
    expect(shortly(await lookAtValidators(urls, at))).toEqual([
      'broken validator 0: ECONNREFUSED',
      'broken validator 1: it is of the ledger other, not c-1',
      'ok validator 2: height 100',
      'ok validator 3: height 94',
      'degraded validator 3: 6 blocks behind another',
      'ok ledger: a block 0 s ago',
      'ok ledger: one state at height 94',
    ]);
  });

  it('that keep up are compared, whoever catches up from long ago', async () => {
    const urls = [
      await node({height: 100}),
      await node({height: 100, appHash: 'BB'}),
      await node({height: 0, catchingUp: true}),
    ];
    expect(shortly(await lookAtValidators(urls, at)).at(-1)).toBe(
      'broken ledger: different states at height 100: aa, bb',
    );
  });

  it('that make no block, and have two states, are told', async () => {
    const urls = [
      await node({height: 7, ageMs: 61_000}),
      await node({height: 7, ageMs: 61_000, appHash: 'BB'}),
      NOBODY,
    ];
    expect(shortly(await lookAtValidators(urls, at)).slice(3)).toEqual([
      'broken ledger: no block for 61 s, and 1 of 3 validators do not answer',
      'broken ledger: different states at height 7: aa, bb',
    ]);
  });
});

describe('a certificate, a clock, room and a key', () => {
  it.each([
    [-1, 'broken'],
    [13, 'degraded'],
    [15, 'ok'],
  ])('a certificate that ends in %p days is %s', (days, state) => {
    expect(certificateFinding('x', new Date(NOW + days * DAY).toUTCString(), NOW).state).toBe(state);
  });

  it('who shows none is told', () => {
    expect(shortly([certificateFinding('x', '', NOW)])).toEqual(['broken x: it shows no certificate']);
  });

  it('a clock apart is told with its side', () => {
    expect(clockFinding('policy', NOW - 9_000, NOW).state).toBe('ok');
    expect(clockFinding('policy', NOW - 11_000, NOW).what).toBe('this one is 11 s ahead of that of policy');
    expect(clockFinding('policy', NOW + 11_000, NOW).what).toBe('this one is 11 s behind that of policy');
  });

  it.each([
    [{free: 100 * MIB, size: 20_000 * MIB}, 'broken'],
    [{free: 1_000 * MIB, size: 20_000 * MIB}, 'degraded'],
    [{free: 3_000 * MIB, size: 20_000 * MIB}, 'ok'],
    // A small volume is not full because it is small.
    [{free: 60 * MIB, size: 64 * MIB}, 'ok'],
  ])('room of %p is %s', (bytes, state) => {
    expect(spaceFinding('disk', bytes).state).toBe(state);
  });

  it('a folder that is not there has none', async () => {
    expect(shortly(await lookAtSpace('disk', join(dir, 'none')))).toEqual(['broken disk: ENOENT']);
  });

  it('a key that others may read, is empty or gone is told, and nothing of it', async () => {
    const file = join(dir, 'key.json');
    writeFileSync(file, '{"privateKey":"c0ffee"}', {mode: 0o600});
    expect((await lookAtKeyFile('keys', file))[0]?.state).toBe('ok');
    chmodSync(file, 0o644);
    expect(shortly(await lookAtKeyFile('keys', file))).toEqual([`broken keys: others may read ${file}`]);
    writeFileSync(file, '');
    expect(shortly(await lookAtKeyFile('keys', file))).toEqual([`broken keys: ${file} is empty or no file`]);
    expect(shortly(await lookAtKeyFile('keys', join(dir, 'gone')))).toEqual(['broken keys: ENOENT']);
  });

  it('an address that nobody listens at is told', async () => {
    const [kafka, postgres] = [new URL(await serves(() => ({}))).host, '127.0.0.1:59'];
    expect((await lookAtAddress('Kafka', kafka))[0]?.state).toBe('ok');
    expect(shortly(await lookAtAddress('PostgreSQL', postgres))).toEqual(['broken PostgreSQL: ECONNREFUSED']);
  });
});

describe('a whole system', () => {
  it('is looked at by its endpoints: doors, engines, processes', async () => {
    const up = await serves(() => ({}));
    const endpoints = {
      organisation: '',
      organisations: [{id: '', keys: join(dir, 'no-such-folder')}],
      services: {ingest: up, policy: NOBODY, storage: up, notify: up},
      validators: [],
      ipfsCluster: [NOBODY],
      kafka: new URL(up).host,
      processes: {gone: {pid: 2 ** 22 + 1}, here: {pid: process.pid}},
    };
    const findings = await lookAtSystem({endpoints, file: join(dir, 'endpoints.json'), chainId: 'c-1'});
    expect(shortly(findings.filter(({state}) => state === 'broken'))).toEqual([
      'broken policy: ECONNREFUSED',
      'broken IPFS Cluster 0: ECONNREFUSED',
      ...Array.from({length: 6}, () => 'broken keys of organisation 0: ENOENT'),
      `broken gone: its process ${String(2 ** 22 + 1)} is gone`,
    ]);
    // Elsewhere than on that machine the folder says nothing.
    const {processes: _, ...copy} = endpoints;
    const elsewhere = await lookAtSystem({endpoints: copy, file: join(dir, 'endpoints.json'), chainId: 'c-1'});
    expect(elsewhere.map(({part}) => part)).not.toContain('keys of organisation 0');
    expect(findings.every(({state, remedy}) => (state === 'ok') === (remedy === undefined))).toBe(true);
    expect(findings.map(({part}) => part)).toContain('disk');
  });
});

describe('the container that it runs in', () => {
  it('is looked at by its settings', async () => {
    const up = await serves(() => ({status: 'ok'}));
    const findings = await lookAtHere({
      VITALVAULT_MANAGEMENT_PORT: new URL(up).port,
      VITALVAULT_KAFKA_BROKERS: `${new URL(up).host},127.0.0.1:59`,
      VITALVAULT_DATABASE_URL: `postgres://u@${new URL(up).host}/d`,
      VITALVAULT_STORAGE_KEY_FILE: join(dir, 'none.json'),
      VITALVAULT_KAFKA_CA_FILE: join(dir, 'none.crt'),
      VITALVAULT_LOG_LEVEL: 'info',
      PATH: 'x',
    });
    expect(shortly(findings.filter(({part}) => !part.startsWith('room')))).toEqual([
      'ok itself: ready',
      `ok Kafka: listens at ${new URL(up).host}`,
      'broken Kafka: ECONNREFUSED',
      `ok PostgreSQL: listens at ${new URL(up).host}`,
      'broken keys: ENOENT',
      'broken certificates: ENOENT',
    ]);
    expect(shortly(await lookAtHere({PATH: 'x'}))).toEqual(['broken settings: no VITALVAULT_… variable is set here']);
  });

  it.each([
    ['http://h', 'h:80'],
    ['https://h:8443/x', 'h:8443'],
    ['postgres://u@h/d', 'h:5432'],
    ['h:9092', 'h:9092'],
  ])('takes %s for %s', (url, address) => {
    expect(addressOf(url)).toBe(address);
  });
});

describe('a release', () => {
  const status = (ready: boolean, more: object = {}) => ({name: 'storage', ready, restartCount: 0, state: {}, ...more});
  const pod = (name: string, component: string, containerStatuses: object[], phase = 'Running') => ({
    metadata: {name, labels: {'app.kubernetes.io/component': component}},
    status: {phase, containerStatuses},
  });
  const workload = (component: string, replicas = 1) => ({
    metadata: {labels: {'app.kubernetes.io/component': component}},
    spec: {replicas},
  });
  const asked: string[][] = [];
  /** @param workloads undefined: nobody may ask for them */
  const kubectl =
    (items: object[], inside: (args: readonly string[]) => string, workloads?: object[]): Start =>
    (_command, args) => {
      asked.push([...args]);
      if (args.includes('deployments,statefulsets'))
        return Promise.resolve(
          workloads === undefined ? {code: 1, output: ''} : {code: 0, output: JSON.stringify({items: workloads})},
        );
      return Promise.resolve({code: 0, output: args.includes('get') ? JSON.stringify({items}) : inside(args)});
    };

  it('is looked at pod by pod, those of ours from inside', async () => {
    const told = JSON.stringify({
      findings: [{part: 'itself', state: 'degraded', what: 'kafka: away', remedy: 'Look.'}],
    });
    const items = [
      pod('s-0', 'storage', [status(true)]),
      pod('s-1', 'storage', [status(false, {state: {waiting: {reason: 'CrashLoopBackOff'}}})]),
      pod('k-0', 'kafka', [status(true, {name: 'kafka', restartCount: 4})]),
      pod('t', 'test', [status(false)], 'Succeeded'),
    ];
    const df = 'Filesystem 1024-blocks Used Available Capacity Mounted on\n/dev/sda 20971520 1 1024 100% /data\n';
    const start = kubectl(items, (args) => (args.includes('df') ? df : told));
    expect(shortly(await lookAtRelease({name: 'vv', namespace: 'n'}, start))).toEqual([
      'degraded release: which pods there should be could not be asked',
      'ok pod s-0: ready',
      'degraded s-0: itself: kafka: away',
      'broken pod s-1: storage: CrashLoopBackOff',
      'degraded pod k-0: restarted 4 times',
      'broken k-0: volume: 1 MiB free of 20480',
    ]);
    expect(asked.find((args) => args.includes('exec'))?.join(' ')).toBe(
      '--namespace n exec s-0 --container storage -- node apps/cli/dist/main.js doctor --here --json',
    );
  });

  it('that lacks a pod, or a whole program, is not sound because all that there is is ready', async () => {
    const programs = ['ingest', 'policy', 'storage', 'notify', 'validator', 'ipfs'];
    const podsOf = (components: string[]) => components.map((one) => pod(one, one, [status(true, {name: 'x'})]));
    const wrong = async (pods: object[], workloads: object[]) => {
      const start = kubectl(pods, () => '', workloads);
      return shortly(await lookAtRelease({name: 'vv', namespace: 'n'}, start)).filter((line) => !line.startsWith('ok'));
    };
    expect(
      await wrong(
        podsOf(programs),
        programs.map((one) => workload(one)),
      ),
    ).toEqual([]);
    expect(
      await wrong(
        podsOf(programs),
        programs.map((one) => workload(one, one === 'storage' ? 2 : 1)),
      ),
    ).toEqual(['broken storage: 1 of 2 pods are there']);
    const [, ...others] = programs;
    expect(
      await wrong(
        podsOf(others),
        others.map((one) => workload(one)),
      ),
    ).toEqual(['broken ingest: there is none, and none is asked for']);
  });

  it('that is not there, and insides that say nothing, are told', async () => {
    await expect(
      lookAtRelease(
        {name: 'vv', namespace: undefined},
        kubectl([], () => ''),
      ),
    ).rejects.toMatchObject({code: 'release-missing'});
    const mute = kubectl([pod('s-0', 'storage', [status(true)])], () => 'error: forbidden');
    expect(shortly(await lookAtRelease({name: 'vv', namespace: undefined}, mute)).at(-1)).toBe(
      'broken s-0: inside: nothing could be asked there',
    );
    expect(roomOf('')).toMatchObject([{state: 'degraded'}]);
  });
});
