import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {
  RunningProcess,
  eventually,
  freePort,
  prometheusFamilies,
  runProcess,
  testCertificates,
} from '@vitalvault/testkit';
import {randomBytes} from 'node:crypto';
import {createServer} from 'node:https';
import type {Server} from 'node:https';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {gunzipSync} from 'node:zlib';
import {chartEngines, objectsOf, rendered} from '../../tools/chart/render.ts';
import {REPOSITORY} from '../../tools/chart/paths.ts';

// The Collector of a release, as the chart configures it, on the wire: what comes in, is kept, and goes out.

interface Arrived {
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Names and values stand in it as they are. */
  text: string;
  client: string;
}

interface Sent {
  name: string;
  attributes?: Record<string, string | number>;
  failed?: boolean;
  ms?: number;
}

const dir = mkdtempSync(join(tmpdir(), 'vv-collector-'));
const file = join(dir, 'traces.jsonl');
const arrived: Arrived[] = [];
const ID = 'c0ffee'.repeat(8);
let collector: RunningProcess;
let backend: Server;
let otlp: string;
let spanMetrics: string;

const value = (of: string | number): object => (typeof of === 'number' ? {intValue: String(of)} : {stringValue: of});
const listed = (attributes: Record<string, string | number>): object[] =>
  Object.entries(attributes).map(([key, of]) => ({key, value: value(of)}));

/** Sends each span as a trace of its own. */
async function send(spans: readonly Sent[]): Promise<void> {
  const begin = BigInt(Date.now()) * 1_000_000n;
  const body = {
    resourceSpans: [
      {
        resource: {
          attributes: listed({
            'service.name': 'ingest',
            'vitalvault.organisation': 'ab'.repeat(20),
            'host.name': 'node-7',
          }),
        },
        scopeSpans: [
          {
            spans: spans.map(({name, attributes = {}, failed = false, ms = 5}) => ({
              traceId: randomBytes(16).toString('hex'),
              spanId: randomBytes(8).toString('hex'),
              name,
              kind: 2,
              startTimeUnixNano: String(begin),
              endTimeUnixNano: String(begin + BigInt(ms) * 1_000_000n),
              attributes: listed(attributes),
              status: failed ? {code: 2} : {},
            })),
          },
        ],
      },
    ],
  };
  const {status} = await fetch(`${otlp}/v1/traces`, {
    method: 'POST',
    headers: {'content-type': 'application/json'},
    body: JSON.stringify(body),
  });
  expect(status).toBe(200);
}

const outside = (): string => arrived.map(({text}) => text).join('\n');

beforeAll(async () => {
  const [ports, certificates] = [
    await Promise.all([freePort(), freePort(), freePort(), freePort(), freePort(), freePort()]),
    await testCertificates(dir),
  ];
  const [grpc, http, health, metrics, spans, out] = ports.map(String) as [
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  const tls = {
    ca: readFileSync(certificates.ca),
    cert: readFileSync(certificates.certificate),
    key: readFileSync(certificates.key),
  };
  backend = createServer({...tls, requestCert: true, rejectUnauthorized: true}, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const bytes = Buffer.concat(chunks);
      const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes;
      const {subject} = (
        request.socket as unknown as {getPeerCertificate: () => {subject?: {CN?: string}}}
      ).getPeerCertificate();
      arrived.push({headers: request.headers, text: plain.toString('latin1'), client: subject?.CN ?? ''});
      response.writeHead(200, {'content-type': 'application/x-protobuf'}).end();
    });
  });
  await new Promise<void>((resolve) => backend.listen(Number(out), '127.0.0.1', resolve));

  const set = [
    'metrics.enabled=true',
    `otel.export.url=https://127.0.0.1:${out}/`,
    'otel.export.headers[0].name=X-Scope-OrgID',
    'otel.export.headers[0].value=hospital$1',
    'otel.export.headers[1].name=Authorization',
    'otel.export.headers[1].existingSecret=token',
    'otel.export.headers[1].key=token',
    'otel.export.tls.existingSecret=ca',
    'otel.export.tls.clientSecret=client',
    'otel.sampling.percent=0',
    'networkPolicy.otlpPeers[0].ipBlock.cidr=127.0.0.1/32',
  ];
  const objects = objectsOf(rendered(chartEngines().helm, {profiles: ['values-dev.yaml'], set}));
  const {data = {}} =
    objects.find(({kind, metadata}) => kind === 'ConfigMap' && metadata.name === 'vv-vitalvault-otel') ?? {};
  const places: Readonly<Record<string, string>> = {
    '/data/traces.jsonl': file,
    '0.0.0.0:4317': `127.0.0.1:${grpc}`,
    '0.0.0.0:4318': `127.0.0.1:${http}`,
    '0.0.0.0:13133': `127.0.0.1:${health}`,
    '0.0.0.0:8889': `127.0.0.1:${spans}`,
    '"0.0.0.0"': '"127.0.0.1"',
    '"port": 8888': `"port": ${metrics}`,
    '/export/header-1/value': join(dir, 'token'),
    '/export/ca/ca.crt': certificates.ca,
    '/export/client/tls.crt': certificates.certificate,
    '/export/client/tls.key': certificates.key,
    // Nobody waits so long in a test.
    '"decision_wait": "20s"': '"decision_wait": "2s"',
    '"metrics_flush_interval": "15s"': '"metrics_flush_interval": "1s"',
  };
  writeFileSync(join(dir, 'token'), 'Bearer c2VjcmV0=');
  const args = Object.entries(data).flatMap(([name, text]) => {
    const config = join(dir, name);
    writeFileSync(
      config,
      Object.entries(places).reduce((all, [from, to]) => all.replaceAll(from, to), text),
    );
    return ['--config', config];
  });
  expect(Object.keys(data).sort()).toEqual(['config.json', 'export.json', 'metrics.json']);
  const {stdout} = await runProcess(
    {
      command: process.execPath,
      args: ['apps/launcher/dist/main.js', 'build', '--for', 'system', '--only', 'otel-collector', '--json'],
      cwd: REPOSITORY,
    },
    900_000,
  );
  const built = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, string>;
  collector = new RunningProcess({command: join(built['otel-collector'] ?? '', 'otel-collector'), args, env: {}});
  [otlp, spanMetrics] = [`http://127.0.0.1:${http}`, `http://127.0.0.1:${spans}/metrics`];
  await eventually(
    async () => {
      expect(collector.output).not.toMatch(/error/i);
      expect((await fetch(`http://127.0.0.1:${health}/`)).ok).toBe(true);
    },
    20_000,
    200,
  );
  await send([
    ...Array.from({length: 20}, (_, i) => ({name: `usual-${String(i)}`})),
    {name: 'failed', failed: true},
    {name: 'failed-by-code', attributes: {'error.type': 'ipfs-unavailable'}},
    {name: 'refused-by-a-service', attributes: {'http.response.status_code': 403}},
    {name: 'refused-by-the-ledger', attributes: {'vitalvault.code': 12}},
    {name: 'refused-in-a-block', attributes: {'vitalvault.refused': 2}},
    {name: 'slow', ms: 2_500},
    {name: 'told-too-much', ms: 2_500, attributes: {'http.route': `/v1/records/${ID}`, 'vv.patient': 'flutter'}},
  ]);
}, 960_000);

afterAll(async () => {
  await collector.end();
  backend.closeAllConnections();
  backend.close();
  rmSync(dir, {recursive: true});
});

describe('the Collector of a release', () => {
  it('sends on each trace with a failure or a refusal, and the slow, and of the others none where none is asked for', async () => {
    const kept = [
      'failed',
      'failed-by-code',
      'refused-by-a-service',
      'refused-by-the-ledger',
      'refused-in-a-block',
      'slow',
      'told-too-much',
    ];
    await eventually(
      () => {
        for (const name of kept) expect(outside()).toContain(name);
      },
      20_000,
      200,
    );
    expect(outside()).not.toContain('usual-');
  }, 30_000);

  it('with the headers and the certificate that the values name', () => {
    expect(arrived[0]?.headers).toMatchObject({'x-scope-orgid': 'hospital$1', authorization: 'Bearer c2VjcmV0='});
    expect(arrived[0]?.client).toBe('test server');
  });

  it('keeps all of them in its file', async () => {
    await eventually(() => {
      const text = readFileSync(file, 'utf8');
      for (let i = 0; i < 20; i++) expect(text).toContain(`"usual-${String(i)}"`);
      expect(text).toContain('"slow"');
    });
  });

  it('takes what is not listed and what is an id away before the file and before the wire, and leaves whose process it was', () => {
    for (const text of [readFileSync(file, 'utf8'), outside()]) {
      for (const secret of [ID, 'flutter', 'vv.patient', 'node-7']) expect(text).not.toContain(secret);
      for (const told of ['told-too-much', 'http.route', 'ingest', 'ab'.repeat(20)]) expect(text).toContain(told);
    }
  });

  it('counts calls and their time by span, also of traces that it does not send on', async () => {
    await eventually(
      async () => {
        const families = prometheusFamilies(await (await fetch(spanMetrics)).text());
        const names = [...families.keys()];
        expect(names.filter((name) => /calls/.test(name))).toHaveLength(1);
        expect(names.filter((name) => /duration_seconds/.test(name))).toHaveLength(1);
      },
      15_000,
      500,
    );
    const text = await (await fetch(spanMetrics)).text();
    expect(text).toMatch(/calls_total\{[^}]*span_name="usual-7"[^}]*\} 1/);
    expect(text).toMatch(/calls_total\{[^}]*error_type="ipfs-unavailable"[^}]*\} 1/);
    expect(text).not.toContain(ID);
  }, 20_000);
});
