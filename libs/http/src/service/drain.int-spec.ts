import {NotifyService} from '@vitalvault/contracts/gen/notify/v1/notify';
import {RunningProcess, eventually, freePort} from '@vitalvault/testkit';
import {Agent, request} from 'node:http';
import {connect} from 'node:net';
import type {Socket} from 'node:net';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {grpcClient} from '@vitalvault/grpc';

const PROGRAM = join(import.meta.dirname, '../../../../test/slow-service/dist/main.js');

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly connection: string | undefined;
}

let [port, grpcPort, management] = [0, 0, 0];
let service: RunningProcess;

async function start(drainMs: number, closeMs = 5_000): Promise<void> {
  [port, grpcPort, management] = [await freePort(), await freePort(), await freePort()];
  service = new RunningProcess({
    command: process.execPath,
    args: [PROGRAM],
    env: {
      PATH: process.env['PATH'] ?? '',
      VITALVAULT_HTTP_PORT: String(port),
      VITALVAULT_GRPC_PORT: String(grpcPort),
      VITALVAULT_MANAGEMENT_PORT: String(management),
      VITALVAULT_DRAIN_MS: String(drainMs),
      VITALVAULT_CLOSE_MS: String(closeMs),
    },
  });
  await eventually(async () => expect((await health('/readyz')).status).toBe(200), 30_000);
}

const get = (path: string, agent = new Agent()): Promise<Answer> =>
  new Promise((resolve, reject) => {
    request({port, host: '127.0.0.1', path, agent}, (response) => {
      let body = '';
      response
        .setEncoding('utf8')
        .on('data', (text: string) => (body += text))
        .on('error', reject)
        .on('end', () => {
          resolve({status: response.statusCode ?? 0, body, connection: response.headers.connection});
        });
    })
      .on('error', reject)
      .end();
  });

const health = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${String(management)}${path}`);

const open = (): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      resolve(socket);
    }).once('error', reject);
  });

const textOf = (socket: Socket): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    socket
      .on('data', (chunk) => (text += chunk.toString()))
      .on('error', reject)
      .on('close', () => {
        resolve(text);
      });
  });

/** One request after the other's answer, on kept connections, until one is not answered. */
async function keepAsking(agent: Agent): Promise<{answers: Answer[]; endedAtMs: number}> {
  const answers: Answer[] = [];
  for (;;) {
    try {
      answers.push(await get('/v1/slow/3', agent));
    } catch {
      return {answers, endedAtMs: Date.now()};
    }
  }
}

describe('a service that is told to stop', () => {
  afterEach(() => service.end('SIGKILL'));

  it('is not ready at once, serves on, refuses only when it is closed, and answers everything that it took', async () => {
    await start(1_500);
    const clients = Array.from({length: 8}, () => keepAsking(new Agent({keepAlive: true, maxSockets: 1})));
    const late = get('/v1/slow/2500');
    await sleep(300);
    const stopped = Date.now();
    const code = service.end('SIGTERM');
    await eventually(
      async () => {
        const ready = await health('/readyz');
        expect([ready.status, await ready.json()]).toEqual([
          503,
          {status: 'not ready', reasons: {process: 'stopping'}},
        ]);
      },
      1_000,
      20,
    );
    expect((await health('/livez')).status).toBe(200);
    expect((await get('/v1/slow/1')).connection).toBe('close');
    const outcomes = await Promise.all(clients);
    for (const {answers, endedAtMs} of outcomes) {
      expect(answers.length).toBeGreaterThan(10);
      expect(answers.every(({status}) => status === 200)).toBe(true);
      expect(endedAtMs - stopped).toBeGreaterThanOrEqual(1_490);
    }
    expect(await late).toMatchObject({status: 200, body: '{"slept":"2500"}'});
    expect(await code).toBe(0);
    // What is not answered at the end was never taken: it did not get past the kernel's queue.
    const answered = outcomes.reduce((sum, {answers}) => sum + answers.length, 0) + 2;
    expect(service.output).toContain(`"count":${String(answered)},"msg":"requests taken"`);
  });

  it('takes the rest of a request that has begun, ends streams cleanly, and does not wait for kept connections', async () => {
    await start(0);
    const [idle, late] = [await open(), await open()];
    const [posting, streaming] = [await open(), await open()];
    const [posted, streamed, answeredLate] = [textOf(posting), textOf(streaming), textOf(late)];
    posting.write(
      'POST /v1/things HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 7\r\n\r\n{"a"',
    );
    streaming.write('GET /v1/stream HTTP/1.1\r\nhost: x\r\n\r\n');
    await sleep(200);
    const code = service.end('SIGTERM');
    await sleep(200);
    posting.write(':1}');
    // A connection that was accepted before the end: its first request is served, not turned away.
    late.write('GET /v1/slow/1 HTTP/1.1\r\nhost: x\r\n\r\n');
    expect(await answeredLate).toMatch(/^HTTP\/1.1 200 .*\{"slept":"1"\}$/is);
    expect(await posted).toMatch(/^HTTP\/1.1 201 .*connection: close.*\{"status":"accepted"\}$/is);
    // The last chunk of length 0 says that nothing is missing.
    expect(await streamed).toMatch(/: bye\n\n\r\n0\r\n\r\n$/);
    expect(await code).toBe(0);
    idle.destroy();
  });

  it('ends a gRPC call that has begun', async () => {
    await start(0);
    const client = grpcClient(NotifyService, {url: `127.0.0.1:${String(grpcPort)}`, unavailable: 'notify-unavailable'});
    await client.reachable();
    const called = client.queueAlert({});
    await sleep(200);
    const code = service.end('SIGTERM');
    expect(await called).toMatchObject({fresh: true});
    expect(await code).toBe(0);
    client.close();
  });

  it('leaves with 1 when a request does not end in the time that it has', async () => {
    await start(0, 1_000);
    const hung = get('/v1/slow/60000').catch((error: unknown) => (error as NodeJS.ErrnoException).code);
    await sleep(200);
    expect(await service.end('SIGTERM')).toBe(1);
    expect(await hung).toBe('ECONNRESET');
    expect(service.output).toContain('did not close in time');
  });
});
