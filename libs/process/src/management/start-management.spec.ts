import {DomainError} from '@vitalvault/errors';
import {request} from 'node:http';
import {Readiness} from '../health/readiness.js';
import {Standstill} from '../health/standstill.js';
import {createLogger} from '../logging/create-logger.js';
import {LogLevel} from '../logging/log-level.js';
import {startMetrics} from '../metrics/start-metrics.js';
import {startManagement} from './start-management.js';
import type {Management} from './start-management.js';

const SOME_TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
const lines: string[] = [];
const destination = {write: (line: string) => void lines.push(line)};
let logLevel: LogLevel;
const metrics = startMetrics({service: 'spec', organisation: 'aa'});
let readiness: Readiness;
let management: Management;

const get = async (path: string, method = 'GET'): Promise<[number, unknown]> => {
  const response = await fetch(`${management.url}${path}`, {method});
  return [response.status, await response.json()];
};

beforeEach(async () => {
  readiness = new Readiness();
  logLevel = new LogLevel('info');
  const logger = createLogger({service: 'spec', level: logLevel, destination});
  management = await startManagement({host: '127.0.0.1', port: 0, readiness, metrics, logLevel, logger});
});
afterEach(() => management.close());
afterAll(() => metrics.shutdown());

describe('the management port', () => {
  it('answers before the work has begun, and says so', async () => {
    expect(await get('/livez')).toEqual([200, {status: 'ok'}]);
    expect(await get('/startz')).toEqual([503, {status: 'starting'}]);
    expect(await get('/readyz')).toEqual([503, {status: 'not ready', reasons: {process: 'starting'}}]);
  });

  it('is ready unless a check says why not', async () => {
    readiness.started = true;
    expect(await get('/startz')).toEqual([200, {status: 'ok'}]);
    expect(await get('/readyz?x')).toEqual([200, {status: 'ok'}]);
    readiness.add('ledger', () => 'no block for 30 s');
    expect(await get('/readyz')).toEqual([503, {status: 'not ready', reasons: {ledger: 'no block for 30 s'}}]);
    readiness.add('ledger', () => undefined);
    readiness.stop();
    expect(await get('/readyz')).toEqual([503, {status: 'not ready', reasons: {process: 'stopping'}}]);
    expect(await get('/livez')).toEqual([200, {status: 'ok'}]);
  });

  it('stays ready when only a part waits, and tells it; an error is told by its code', async () => {
    readiness.started = true;
    const cause = Object.assign(new Error('secret words'), {code: 'ECONNREFUSED'});
    readiness.add('notify', () => Promise.reject(new DomainError('notify-unavailable', {cause})), {needed: false});
    expect(await get('/readyz')).toEqual([
      200,
      {
        status: 'ok',
        degraded: [{part: 'notify', since: SOME_TIME, reason: 'notify-unavailable: nobody listens there'}],
      },
    ]);
  });

  it('stays ready when a follower stopped, and tells where and why until it goes on', async () => {
    readiness.started = true;
    const follower = new Standstill({part: 'ledger follower', logger: createLogger({service: 'spec', level: 'fatal'})});
    readiness.addFollower(follower);
    follower.stopped('310', Object.assign(new Error('words'), {code: 'P2002'}));
    expect(await get('/readyz')).toEqual([
      200,
      {status: 'ok', degraded: [{part: 'ledger follower', at: '310', since: SOME_TIME, reason: 'Error P2002'}]},
    ]);
    follower.goesOn();
    expect(await get('/readyz')).toEqual([200, {status: 'ok'}]);
  });

  it('tells time, memory and event loop of the process in the format of Prometheus', async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const response = await fetch(`${management.url}/metrics`);
    const text = await response.text();
    expect(response.headers.get('content-type')).toContain('text/plain');
    for (const line of [
      /^target_info\{.*service_name="spec".*vitalvault_organisation="aa"/m,
      /^process_cpu_time_seconds_total\{cpu_mode="user"\} [0-9.]+$/m,
      /^process_memory_usage_bytes [1-9]\d{6,}$/m,
      /^nodejs_eventloop_utilization_ratio [01]/m,
      /^nodejs_eventloop_delay_p99_seconds [0-9.e-]+$/m,
    ])
      expect(text).toMatch(line);
  });

  it('knows nothing else, and changes nothing', async () => {
    expect(await get('/')).toEqual([404, {status: 'not found'}]);
    for (const [path, method] of [
      ['/readyz', 'POST'],
      ['/readyz', 'PUT'],
      ['/metrics', 'PUT'],
    ] as const)
      expect(await get(path, method)).toEqual([405, {status: 'only GET'}]);
    expect(await get('/log-level', 'POST')).toEqual([405, {status: 'only GET and PUT'}]);
  });

  it('has the log say more for a time that is bounded, and says so in it', async () => {
    expect(await get('/log-level')).toEqual([200, {level: 'info', configured: 'info'}]);
    const told = {level: 'debug', configured: 'info', until: SOME_TIME};
    expect(await get('/log-level?level=debug&seconds=600', 'PUT')).toEqual([200, told]);
    expect(await get('/log-level')).toEqual([200, told]);
    expect(lines.map((line) => (JSON.parse(line) as {msg: string}).msg)).toEqual([
      'the log level is debug, asked for 600 s',
    ]);
    expect(await get('/log-level?level=debug&seconds=0', 'PUT')).toEqual([200, {level: 'info', configured: 'info'}]);
  });

  it.each([
    '',
    '?level=debug',
    '?level=debug&seconds=',
    '?level=debug&seconds=3601',
    '?level=error&seconds=60',
    '?level=loud&seconds=60',
    '?level=debug&seconds=60&level=info',
    '?level=debug&seconds=6e2',
    '?level=debug&seconds=60?level=info',
  ])('takes no other word for it: %s', async (query) => {
    expect((await get(`/log-level${query}`, 'PUT'))[0]).toBe(400);
    expect(logLevel.current).toBe('info');
  });

  it('closes at once, whatever is open', async () => {
    const kept = request(`${management.url}/livez`);
    kept.on('error', () => undefined).write('x');
    await management.close();
    await expect(fetch(`${management.url}/livez`)).rejects.toThrow();
    management = await startManagement({host: '127.0.0.1', port: 0, readiness});
    expect(await get('/metrics')).toEqual([404, {status: 'not found'}]);
    expect(await get('/log-level')).toEqual([404, {status: 'not found'}]);
    expect(await get('/log-level?level=debug&seconds=60', 'PUT')).toEqual([404, {status: 'not found'}]);
  });
});
