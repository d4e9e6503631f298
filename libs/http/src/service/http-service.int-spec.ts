import {Client, credentials} from '@grpc/grpc-js';
import {Controller, Module} from '@nestjs/common';
import {GrpcMethod} from '@nestjs/microservices';
import {InMemorySpanExporter} from '@opentelemetry/sdk-trace';
import {DomainError} from '@vitalvault/errors';
import {NotifyService} from '@vitalvault/contracts/gen/notify/v1/notify';
import {connect} from 'node:net';
import {z} from 'zod';
import {grpcClient, grpcOptions} from '@vitalvault/grpc';
import {Readiness, createLogger, startManagement, startMetrics, startTelemetry, withSpan} from '@vitalvault/process';
import type {Management} from '@vitalvault/process';
import {prometheusFamilies} from '@vitalvault/testkit';
import {createHttpService} from './create-http-service.js';
import type {HttpService} from './create-http-service.js';
import {route} from '../route/route.js';
import type {RequestOf} from '../route/route.js';
import {Serves} from '../route/serves.js';

const getThing = route({
  method: 'get',
  path: '/v1/things/{id}',
  operationId: 'getThing',
  summary: 'One thing.',
  params: z.strictObject({id: z.string()}),
  answers: {200: {description: 'It.', json: z.strictObject({id: z.string()})}},
  errors: ['bus-unavailable'],
});
const count = z.strictObject({count: z.number()});
const addThings = route({
  method: 'post',
  path: '/v1/things',
  operationId: 'addThings',
  summary: 'So many more.',
  body: {json: count},
  answers: {201: {description: 'Done.', json: count}},
  errors: [],
});
const addBytes = route({
  method: 'post',
  path: '/v1/bytes',
  operationId: 'addBytes',
  summary: 'Bytes.',
  body: {bytes: ['application/vnd.vitalvault.record.v1+protobuf']},
  answers: {201: {description: 'How many.', json: z.strictObject({bytes: z.int(), binary: z.boolean()})}},
  errors: [],
});

@Controller()
class ThingsController {
  @Serves(getThing)
  thing({params: {id}}: RequestOf<typeof getThing>): {id: string} {
    if (id === 'bug') throw new TypeError('secret words');
    if (id === 'away') throw new DomainError('bus-unavailable', {retryAfterSeconds: 2});
    return {id};
  }

  @Serves(addThings)
  add({body}: RequestOf<typeof addThings>): {count: number} {
    return body;
  }

  @Serves(addBytes)
  bytes({body}: RequestOf<typeof addBytes>): {bytes: number; binary: boolean} {
    return {bytes: body.length, binary: Buffer.isBuffer(body)};
  }

  @GrpcMethod('NotifyService', 'QueueAlert')
  queueAlert(request: {alert?: {text: string; raisedAtMs: bigint}}): object {
    if (request.alert?.text === 'fail') throw new DomainError('behind', {detail: 'by two blocks', meta: {height: 7}});
    return {fresh: request.alert?.raisedAtMs === 5n};
  }
}

@Module({controllers: [ThingsController]})
class ThingsModule {}

const exporter = new InMemorySpanExporter();
const telemetry = startTelemetry({service: 'spec', otlpUrl: 'http://127.0.0.1:1', exporter});
const lines: string[] = [];
const grpcPort = 30_000 + (process.pid % 20_000);
let service: HttpService;
let management: Management;
let url: string;

const get = (path: string): Promise<Response> => fetch(url + path);
const post = (path: string, type: string, body: BodyInit): Promise<Response> =>
  fetch(url + path, {method: 'POST', headers: {'content-type': type}, body});
const problem = async (response: Response): Promise<object> => ({
  status: response.status,
  type: response.headers.get('content-type'),
  ...((await response.json()) as object),
});

describe('createHttpService', () => {
  beforeAll(async () => {
    const readiness = new Readiness();
    const metrics = startMetrics({service: 'spec'});
    management = await startManagement({host: '127.0.0.1', port: 0, readiness, metrics});
    service = await createHttpService({
      module: ThingsModule,
      logger: createLogger({service: 'spec', destination: {write: (line) => void lines.push(line)}}),
      host: '127.0.0.1',
      httpPort: 0,
      bodyLimitBytes: 1_000,
      requestTimeoutMs: 1_000,
      microservices: [grpcOptions({services: [NotifyService], url: `127.0.0.1:${String(grpcPort)}`})],
    });
    url = await service.listen();
  });

  afterAll(async () => {
    await service.close();
    await management.close();
  });

  it.each(['/v1/things/%', '/v1/things/%ff', `/v1/things/${'9'.repeat(5_000)}`])(
    'answers a path that cannot be read with a problem that does not repeat it: %#',
    async (path) => {
      const answer = await get(path);
      expect(answer.headers.get('content-type')).toContain('application/problem+json');
      const text = await answer.text();
      expect(JSON.parse(text)).toMatchObject({status: 400, code: 'malformed'});
      expect(text).not.toContain('/v1/things');
    },
  );

  it('answers an error of the catalogue as a problem document with Retry-After', async () => {
    const response = await get('/v1/things/away');
    expect(response.headers.get('retry-after')).toBe('2');
    expect(await problem(response)).toMatchObject({
      status: 503,
      type: 'https://vitalvault.dev/errors/bus-unavailable',
      code: 'bus-unavailable',
      instance: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    });
  });

  it('tells nothing of a bug, but logs it', async () => {
    const response = await get('/v1/things/bug');
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain('secret words');
    expect(lines.join()).toContain('secret words');
  });

  it.each([
    ['an unknown route', () => get('/nowhere'), 404, 'route-not-found'],
    ['JSON that is none', () => post('/v1/things', 'application/json', '{'), 400, 'malformed'],
    [
      'a method that a known path lacks',
      () => fetch(`${url}/v1/things/1`, {method: 'DELETE'}),
      405,
      'method-not-allowed',
    ],
    ['a field of the wrong type', () => post('/v1/things', 'application/json', '{"count":"x"}'), 400, 'invalid-field'],
    ['an unknown field', () => post('/v1/things', 'application/json', '{"count":1,"more":2}'), 400, 'invalid-field'],
    ['a poisoned object', () => post('/v1/things', 'application/json', '{"count":1,"__proto__":{}}'), 400, 'malformed'],
    [
      'a body that is too large',
      () => post('/v1/bytes', 'application/vnd.vitalvault.record.v1+protobuf', 'x'.repeat(1_001)),
      413,
      'body-too-large',
    ],
    ['plain text', () => post('/v1/bytes', 'text/plain', 'x'), 415, 'unsupported-content-type'],
    ['a form', () => post('/v1/bytes', 'application/x-www-form-urlencoded', 'x=1'), 415, 'unsupported-content-type'],
    [
      'a strange vendor type',
      () => post('/v1/bytes', 'application/vnd.other+protobuf', 'x'),
      415,
      'unsupported-content-type',
    ],
  ])('answers %s', async (_what, send, status, code) => {
    const response = await send();
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({status, code});
  });

  it('leaves protobuf bodies as bytes', async () => {
    expect(await (await post('/v1/bytes', 'application/vnd.vitalvault.record.v1+protobuf', 'abc')).json()).toEqual({
      bytes: 3,
      binary: true,
    });
  });

  it('answers 408 to a body that stops half-way, and closes', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () =>
        socket.write(
          'POST /v1/bytes HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{"a"',
        ),
      );
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => {
        resolve(text);
      });
      socket.on('error', reject);
    });
    expect(answer).toContain('408');
    expect(answer).toContain('errors/body-timeout');
  });

  it('answers 400 to what is not HTTP', async () => {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(Number(new URL(url).port), '127.0.0.1', () => socket.write('nonsense\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => {
        resolve(text);
      });
    });
    expect(answer).toContain('errors/malformed');
  });

  it.each(['/livez', '/startz', '/readyz', '/metrics'])('says nothing of itself at %s', async (path) => {
    expect((await get(path)).status).toBe(404);
  });

  it('counts requests by route and status, never by path', async () => {
    await get('/v1/things/0123456789abcdef');
    await get('/nowhere/0123456789abcdef');
    const text = await (await fetch(`${management.url}/metrics`)).text();
    const line = (route: string, status: number): RegExp =>
      new RegExp(
        `^http_server_request_duration_seconds_count\\{http_request_method="GET",http_route="${route}",http_response_status_code="${String(status)}".* [1-9]`,
        'm',
      );
    expect(text).toMatch(line('/v1/things/:id', 200));
    expect(text).toMatch(line('unmatched', 404));
    expect(text).toMatch(/^vitalvault_refusals_total\{code="route-not-found"\} [1-9]/m);
    expect(text).not.toContain('0123456789abcdef');
  });

  it('names spans by route, never by path', async () => {
    exporter.reset();
    await get('/v1/things/0123456789abcdef');
    await telemetry.flush();
    const span = exporter.getFinishedSpans().find(({name}) => name === 'GET /v1/things/:id');
    expect(span).toBeDefined();
    expect(JSON.stringify(span?.attributes)).not.toContain('0123456789abcdef');
  });

  it('begins a trace of its own for a request, and links to what the caller began, also when he would record nothing', async () => {
    for (const flags of ['01', '00']) {
      exporter.reset();
      const theirs = {traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331'};
      await fetch(`${url}/v1/things/1`, {headers: {traceparent: `00-${theirs.traceId}-${theirs.spanId}-${flags}`}});
      await telemetry.flush();
      const span = exporter.getFinishedSpans().find(({name}) => name === 'GET /v1/things/:id');
      expect(span?.links.map(({context: {traceId, spanId}}) => ({traceId, spanId}))).toEqual([theirs]);
      expect(span?.parentSpanContext).toBeUndefined();
      expect(span?.spanContext().traceId).not.toBe(theirs.traceId);
    }
  });

  describe('gRPC', () => {
    const client = grpcClient(NotifyService, {url: `127.0.0.1:${String(grpcPort)}`, unavailable: 'notify-unavailable'});
    afterAll(() => {
      client.close();
    });

    it('calls with bigints and hands the trace on', async () => {
      exporter.reset();
      await withSpan('caller', {}, async () => {
        expect((await client.queueAlert({alert: {raisedAtMs: 5n}})).fresh).toBe(true);
      });
      await telemetry.flush();
      const spans = exporter.getFinishedSpans();
      const named = (name: string): (typeof spans)[number] | undefined => spans.find((span) => span.name === name);
      const [server, asked] = [
        named('ThingsController/queueAlert'),
        named('vitalvault.notify.v1.NotifyService/QueueAlert'),
      ];
      expect(server?.parentSpanContext?.spanId).toBe(asked?.spanContext().spanId);
      expect(asked?.parentSpanContext?.spanId).toBe(named('caller')?.spanContext().spanId);
    });

    it('counts calls by method and status at both ends, and one of no service of ours as another', async () => {
      await client.queueAlert({});
      await expect(client.queueAlert({alert: {text: 'fail'}})).rejects.toThrow();
      const stranger = new Client(`127.0.0.1:${String(grpcPort)}`, credentials.createInsecure());
      const same = (bytes: Buffer): Buffer => bytes;
      await new Promise((done) => {
        stranger.makeUnaryRequest('/grpc.health.v1.Health/Check', same, same, Buffer.alloc(0), done);
      });
      stranger.close();
      const families = prometheusFamilies(await (await fetch(`${management.url}/metrics`)).text());
      const calls = (side: string): Record<string, number> =>
        Object.fromEntries(
          (families.get(`rpc_${side}_call_duration_seconds`)?.samples ?? [])
            .filter(({name}) => name.endsWith('_count'))
            .map(({labels, value}) => [
              `${labels['rpc_method'] ?? ''} ${labels['rpc_response_status_code'] ?? ''}`,
              value,
            ]),
        );
      const method = 'vitalvault.notify.v1.NotifyService/QueueAlert';
      const [asked, answered] = [calls('client'), calls('server')];
      for (const status of ['OK', 'UNAVAILABLE']) expect(asked[`${method} ${status}`]).toBeGreaterThan(0);
      expect(answered).toMatchObject({
        [`${method} OK`]: asked[`${method} OK`],
        [`${method} UNAVAILABLE`]: asked[`${method} UNAVAILABLE`],
        '_OTHER OK': 1,
      });
    });

    it('brings an error of the catalogue across', async () => {
      await expect(client.queueAlert({alert: {text: 'fail'}})).rejects.toMatchObject({
        code: 'behind',
        detail: 'by two blocks',
        meta: {height: 7},
      });
    });

    it('knows whether the other side takes calls', async () => {
      await client.reachable();
      const nobody = grpcClient(NotifyService, {url: '127.0.0.1:1', unavailable: 'notify-unavailable'});
      await expect(nobody.reachable()).rejects.toMatchObject({code: 'notify-unavailable'});
      nobody.close();
    });

    it('says who is away', async () => {
      const nobody = grpcClient(NotifyService, {
        url: '127.0.0.1:1',
        unavailable: 'notify-unavailable',
        deadlineMs: 500,
      });
      await expect(nobody.queueAlert({})).rejects.toMatchObject({code: 'notify-unavailable', retryable: true});
      nobody.close();
    });
  });
});
