import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {eventually, runProcess} from '@vitalvault/testkit';
import {mkdtempSync, readFileSync, readdirSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');
const MAIN = join(ROOT, 'apps/launcher/dist/main.js');
const RULES = join(ROOT, 'deploy/helm/vitalvault/files/alerts');
// Apart from the other spec of the launcher, testkit's engines and the demo, which may run at the same time.
const PORT_BASE = 8_000 + Math.floor(Math.random() * 80);
// The first time two of them are fetched and one is built.
const BUILD_MS = 600_000;
const OBSERVERS = ['alertmanager', 'prometheus', 'zipkin'];

interface Endpoints {
  otlp: string;
  metrics: Record<string, string>;
  observers: Record<string, string>;
  processes: Record<string, {pid: number}>;
}

const dir = mkdtempSync(join(tmpdir(), 'vv-observers-'));
const data = join(dir, 'system');

async function launcher(...args: string[]): Promise<string> {
  const {code, stdout, stderr} = await runProcess(
    {command: process.execPath, args: [MAIN, ...args, '--data', data], cwd: ROOT},
    BUILD_MS,
  );
  if (code !== 0) throw new Error(`${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}
const endpoints = (): Endpoints => JSON.parse(readFileSync(join(data, 'endpoints.json'), 'utf8')) as Endpoints;
const running = (): string[] => Object.keys(endpoints().processes).toSorted();

async function ask<T>(name: string, path: string): Promise<T> {
  const response = await fetch(new URL(path, endpoints().observers[name]));
  if (!response.ok) throw new Error(`${name} answers ${path} with ${response.status}`);
  return (await response.json()) as T;
}

let said: string;

beforeAll(async () => {
  await launcher('up', '--only', 'otel', '--port-base', String(PORT_BASE));
  said = await launcher('up', '--only', 'otel', '--observe');
}, BUILD_MS);

afterAll(async () => {
  await launcher('clean');
  rmSync(dir, {recursive: true, force: true});
});

describe('a system that is watched', () => {
  it('has the three beside it, and says where they are', async () => {
    expect(running()).toEqual([...OBSERVERS, 'otel', 'zipkin-feed'].toSorted());
    const status = await launcher('status');
    for (const name of OBSERVERS) {
      const where = new RegExp(`^${name} +${endpoints().observers[name]}/`, 'm');
      expect(said).toMatch(where);
      expect(status).toMatch(where);
    }
  });

  it('has in Zipkin what its Collector wrote, though that knows of none', async () => {
    const traceId = 'ab'.repeat(16);
    const now = BigInt(Date.now()) * 1_000_000n;
    const span = {traceId, spanId: 'cd'.repeat(8), name: 'one', kind: 2};
    const times = {startTimeUnixNano: String(now), endTimeUnixNano: String(now + 1_000_000n)};
    const resource = {attributes: [{key: 'service.name', value: {stringValue: 'ingest'}}]};
    const body = JSON.stringify({resourceSpans: [{resource, scopeSpans: [{spans: [{...span, ...times}]}]}]});
    const headers = {'content-type': 'application/json'};
    await fetch(new URL('/v1/traces', endpoints().otlp), {method: 'POST', headers, body});
    const found = await eventually(
      () => ask<{id: string; localEndpoint: {serviceName: string}}[]>('zipkin', `/api/v2/trace/${traceId}`),
      20_000,
    );
    expect(found).toMatchObject([{id: 'cd'.repeat(8), localEndpoint: {serviceName: 'ingest'}}]);
  });

  it('is scraped at every address of endpoints.json, under all rules, and what fires goes to Alertmanager', async () => {
    // It reads the addresses from a file, once it stands.
    const scraped = async (): Promise<Record<string, string>> => {
      const {data} = await ask<{data: {activeTargets: {labels: {instance: string}; scrapeUrl: string}[]}}>(
        'prometheus',
        '/api/v1/targets?state=active',
      );
      if (data.activeTargets.length === 0) throw new Error('none yet');
      return Object.fromEntries(data.activeTargets.map(({labels, scrapeUrl}) => [labels.instance, scrapeUrl]));
    };
    expect(await eventually(scraped, 20_000)).toEqual(endpoints().metrics);
    const {data: rules} = await ask<{data: {groups: unknown[]}}>('prometheus', '/api/v1/rules');
    expect(rules.groups.length).toBeGreaterThanOrEqual(readdirSync(RULES).length);
    const known = async (): Promise<string[]> => {
      const {data: found} = await ask<{data: {activeAlertmanagers: {url: string}[]}}>(
        'prometheus',
        '/api/v1/alertmanagers',
      );
      if (found.activeAlertmanagers.length === 0) throw new Error('none yet');
      return found.activeAlertmanagers.map(({url}) => new URL(url).origin);
    };
    expect(await eventually(known, 20_000)).toEqual([endpoints().observers['alertmanager']]);
    expect(await ask('alertmanager', '/api/v2/status')).toMatchObject({cluster: {status: 'disabled'}});
  });

  it('has pages of two of them', async () => {
    for (const [name, path] of [
      ['zipkin', '/zipkin/'],
      ['alertmanager', '/'],
    ] as const) {
      const page = await fetch(new URL(path, endpoints().observers[name]));
      expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
    }
  });

  it('is reached from this machine alone, and so are they', () => {
    const ports = OBSERVERS.map((name) => Number(new URL(endpoints().observers[name] ?? '').port));
    const listening = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) =>
      readFileSync(file, 'utf8')
        .split('\n')
        .slice(1)
        .map((line) => line.trim().split(/\s+/))
        .filter(([, , , state]) => state === '0A')
        .map(([, address = '']) => address.split(':'))
        .map(([host = '', port = '']) => ({host, port: parseInt(port, 16)}))
        .filter(({port}) => ports.includes(port)),
    );
    expect(listening).toHaveLength(3);
    // 127.0.0.1, also as IPv6 writes it, in the kernel's order of bytes.
    for (const {host} of listening) expect(host).toMatch(/^(?:0{16}FFFF0000)?0100007F$/);
  });

  it('leaves none of them behind', async () => {
    const pids = Object.values(endpoints().processes).map(({pid}) => pid);
    await launcher('down');
    for (const pid of pids) {
      const stat = (() => {
        try {
          return readFileSync(`/proc/${pid}/stat`, 'utf8');
        } catch {
          return ' Z ';
        }
      })();
      expect(stat).toMatch(/ Z /);
    }
  });
});
