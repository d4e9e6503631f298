import {AlertKind, AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {NotifyService} from '@vitalvault/contracts/gen/notify/v1/notify';
import {TOPICS, encodeCanonical, toHex} from '@vitalvault/contracts';
import {revokeGrant} from '@vitalvault/ledger-state/testing';
import {KafkaProducer, createTopics} from '@vitalvault/kafka-bus';
import {grpcClient} from '@vitalvault/grpc';
import {runMigrations} from '@vitalvault/postgres';
import {createLogger, startTelemetry, withSpan} from '@vitalvault/process';
import type {RunningService} from '@vitalvault/process';
import {ManagedHost} from '@vitalvault/process/testing';
import {eventually, freePort, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {InMemorySpanExporter} from '@opentelemetry/sdk-trace';
import {createHmac} from 'node:crypto';
import {join} from 'node:path';
import {notifyConfig} from '../src/config.js';
import type {NotifyConfig} from '../src/config.js';
import {startNotify} from '../src/start-notify.js';
import {EventStream} from '../src/testing/event-stream.js';
import {Patient, expectedId, organisation, random} from '../src/testing/people.js';
import {WebhookReceiver} from '../src/testing/webhook-receiver.js';

const logger = createLogger({service: 'spec', level: 'error'});
const exporter = new InMemorySpanExporter();
const telemetry = startTelemetry({service: 'spec', otlpUrl: 'http://127.0.0.1:1', exporter});
let engines: Engines;
let running: RunningService;
let host: ManagedHost<NotifyConfig>;
let producer: KafkaProducer;
let notify: ReturnType<typeof grpcClient<typeof NotifyService>>;
let [url, httpPort, grpcPort] = ['', 0, 0];

const start = async (): Promise<void> => {
  host = new ManagedHost(
    notifyConfig.parse({
      httpPort,
      grpcPort,
      organisation: toHex(organisation),
      kafkaBrokers: engines.endpoints.kafka,
      databaseUrl: engines.databaseUrl('vv_notify'),
      otlpUrl: 'http://127.0.0.1:1',
      webhookAllowLoopback: 'true',
      webhookTimeoutMs: 500,
      keepAliveMs: 300,
      eventStreamsOfPatient: 2,
    }),
    logger,
  );
  running = await startNotify(host);
  host.readiness.started = true;
};

const tell = (patient: Patient, ...values: Uint8Array[]): Promise<void> =>
  producer.send(
    TOPICS.ledgerEvents,
    values.map((value) => ({key: patient.id, value})),
  );
const call = (patient: Patient, method: string, target: string, json?: object): Promise<Response> => {
  const body = json === undefined ? undefined : Buffer.from(JSON.stringify(json));
  return fetch(url + target, {
    method,
    headers: {
      ...patient.sign(method, target, body),
      ...(body === undefined ? {} : {'content-type': 'application/json'}),
    },
    ...(body === undefined ? {} : {body}),
  });
};
interface AlertJson {
  id: string;
  seq: string;
  kind: string;
  acknowledged: boolean;
  reader?: string;
  text: string;
  subject: string;
  permit?: boolean;
  request?: object;
}
const alertsOf = async (patient: Patient, query = ''): Promise<AlertJson[]> => {
  const response = await call(patient, 'GET', `/v1/alerts${query}`);
  if (response.status !== 200) throw new Error(`${String(response.status)} ${await response.text()}`);
  return ((await response.json()) as {alerts: AlertJson[]}).alerts;
};
const known = async (): Promise<Patient> => {
  const patient = new Patient();
  await tell(patient, patient.enrolled());
  await eventually(() => alertsOf(patient));
  return patient;
};
const codeOf = async (response: Response): Promise<[number, string]> => [
  response.status,
  ((await response.json()) as {code: string}).code,
];
const access = (permit: boolean): {reader: Uint8Array; permit: boolean; txId: Uint8Array} => ({
  reader: random(20),
  permit,
  txId: random(32),
});

beforeAll(async () => {
  engines = await startEngines({only: ['kafka', 'postgres']});
  await runMigrations({
    databaseUrl: engines.databaseUrl('vv_notify'),
    dir: join(import.meta.dirname, '..', 'prisma', 'migrations'),
  });
  await createTopics({
    brokers: [engines.endpoints.kafka],
    clientId: 'spec',
    logger,
    topics: [{topic: TOPICS.alerts}, {topic: TOPICS.ledgerEvents}],
  });
  [httpPort, grpcPort] = [await freePort(), await freePort()];
  url = `http://127.0.0.1:${String(httpPort)}`;
  producer = new KafkaProducer({brokers: [engines.endpoints.kafka], clientId: 'spec', logger});
  notify = grpcClient(NotifyService, {url: `127.0.0.1:${String(grpcPort)}`, unavailable: 'notify-unavailable'});
  await start();
  await eventually(async () => expect((await host.readyz())[0]).toBe(200), 30_000);
});

afterAll(async () => {
  notify.close();
  await running.close();
  await host.close();
  await producer.close();
  await telemetry.shutdown();
  await engines.stop();
});

describe('whose alerts', () => {
  it('knows a patient from her enrolment on, and her new key instead of the old one', async () => {
    const patient = new Patient();
    expect(await codeOf(await call(patient, 'GET', '/v1/alerts'))).toEqual([401, 'unknown-key']);
    await tell(patient, patient.enrolled());
    expect(await eventually(() => alertsOf(patient))).toEqual([]);
    const old = patient.key;
    await tell(patient, patient.newKey());
    await eventually(async () =>
      expect((await alertsOf(patient)).map(({text}) => text)).toEqual(['Your keys were changed.']),
    );
    patient.key = old;
    expect(await codeOf(await call(patient, 'GET', '/v1/alerts'))).toEqual([401, 'unknown-key']);
  });

  it.each([
    ['GET', '/v1/alerts'],
    ['POST', `/v1/alerts/${'0'.repeat(64)}/ack`],
    ['GET', '/v1/channels'],
    ['PUT', '/v1/channels'],
    ['GET', '/v1/rules'],
    ['PUT', '/v1/rules'],
  ])('%s %s wants a signature', async (method, target) => {
    expect(
      await codeOf(
        await fetch(url + target, {
          method,
          ...(method === 'PUT' ? {body: '{}', headers: {'content-type': 'application/json'}} : {}),
        }),
      ),
    ).toEqual([401, 'signature-missing']);
  });

  it('takes a signed request once', async () => {
    const patient = await known();
    const headers = patient.sign('GET', '/v1/alerts');
    expect((await fetch(`${url}/v1/alerts`, {headers})).status).toBe(200);
    expect(await codeOf(await fetch(`${url}/v1/alerts`, {headers}))).toEqual([401, 'signature-replayed']);
  });

  it("shows and acknowledges nobody else's", async () => {
    const [patient, other] = [await known(), await known()];
    const decided = access(false);
    await tell(patient, patient.accessed(patient.request(), decided));
    const [alert] = await eventually(async () => {
      const found = await alertsOf(patient);
      expect(found).toHaveLength(1);
      return found;
    });
    expect(await alertsOf(other)).toEqual([]);
    expect(await codeOf(await call(other, 'POST', `/v1/alerts/${alert?.id ?? ''}/ack`))).toEqual([404, 'not-found']);
    expect((await alertsOf(patient))[0]?.acknowledged).toBe(false);
    expect((await call(patient, 'POST', `/v1/alerts/${alert?.id ?? ''}/ack`)).status).toBe(204);
    expect((await alertsOf(patient))[0]?.acknowledged).toBe(true);
  });
});

describe('one alert per access', () => {
  it.each([
    ['policy first', true],
    ['the ledger first', false],
  ])('whichever tells first: %s', async (_name, policyFirst) => {
    const patient = await known();
    const [decided, request, grantId] = [access(true), patient.request(), random(16)];
    const byPolicy = (): Promise<unknown> => notify.queueAlert({alert: patient.accessAlert(request, decided)});
    const byLedger = async (): Promise<void> => {
      await tell(
        patient,
        patient.accessed(request, decided),
        patient.event({case: 'grant', value: {grantId}}, revokeGrant(patient.id, grantId)),
      );
      await eventually(async () =>
        expect((await alertsOf(patient)).some(({kind}) => kind === 'RIGHTS_CHANGED')).toBe(true),
      );
    };
    for (const way of policyFirst ? [byPolicy, byLedger, byPolicy] : [byLedger, byPolicy, byLedger]) await way();
    const accesses = (await alertsOf(patient)).filter(({kind}) => kind === 'ACCESS_PERMITTED');
    expect(accesses).toHaveLength(1);
    expect(accesses[0]).toMatchObject({
      id: expectedId(2, decided.txId),
      subject: toHex(decided.txId),
      reader: toHex(decided.reader),
      permit: true,
      request: {
        grantId: toHex(request.grantId),
        typeTag: toHex(request.typeTag),
        slotFrom: request.slotFrom,
        slotTo: request.slotTo,
        purpose: request.purpose,
        action: request.action,
      },
    });
  });

  it('completes what was told without details', async () => {
    const patient = await known();
    const [decided, request] = [access(false), patient.request()];
    expect(await notify.queueAlert({alert: patient.alert(AlertKind.ACCESS_REFUSED, decided.txId)})).toMatchObject({
      fresh: true,
    });
    await tell(patient, patient.accessed(request, decided));
    await eventually(async () =>
      expect((await alertsOf(patient)).map(({reader, permit}) => [reader, permit])).toEqual([
        [toHex(decided.reader), false],
      ]),
    );
  });

  it('twenty at the same time are one, and many patients do not wait for each other', async () => {
    const patients = await Promise.all(Array.from({length: 4}, known));
    const told = patients.map((patient) => patient.accessAlert(patient.request(), access(true)));
    const fresh = await Promise.all(
      Array.from({length: 20}, (_none, index) => notify.queueAlert({alert: told[index % 4]!})),
    );
    expect(fresh.filter((answer) => answer.fresh)).toHaveLength(4);
    for (const patient of patients) expect((await alertsOf(patient)).map(({seq}) => seq)).toEqual(['1']);
  });

  it('takes alerts of other services from Kafka, once each', async () => {
    const patient = await known();
    const value = encodeCanonical(
      AlertSchema,
      patient.alert(AlertKind.STORAGE_CORRUPT, Buffer.from('bafkreiexample'), {text: 'A copy was changed.'}),
    );
    await producer.send(TOPICS.alerts, [
      {key: patient.id, value},
      {key: patient.id, value},
    ]);
    await eventually(async () =>
      expect((await alertsOf(patient)).map(({kind, text}) => [kind, text])).toEqual([
        ['STORAGE_CORRUPT', 'A copy was changed.'],
      ]),
    );
  });

  it('refuses an alert whose id is not that of its subject', async () => {
    const patient = await known();
    await expect(
      notify.queueAlert({alert: {...patient.alert(AlertKind.RIGHTS_CHANGED, random(32)), alertId: random(32)}}),
    ).rejects.toMatchObject({code: 'invalid-field'});
    await expect(notify.queueAlert({})).rejects.toMatchObject({code: 'invalid-field'});
  });

  it('puts a message that cannot be read aside and goes on', async () => {
    const patient = await known();
    await tell(patient, Buffer.from('not an event'), patient.accessed(patient.request(), access(false)));
    await eventually(
      async () => expect((await alertsOf(patient)).map(({kind}) => kind)).toEqual(['ACCESS_REFUSED']),
      20_000,
    );
  });

  it('gives pages by number', async () => {
    const patient = await known();
    for (let i = 0; i < 5; i++) await notify.queueAlert({alert: patient.accessAlert(patient.request(), access(true))});
    expect((await alertsOf(patient, '?limit=2')).map(({seq}) => seq)).toEqual(['1', '2']);
    expect((await alertsOf(patient, '?after=2&limit=2')).map(({seq}) => seq)).toEqual(['3', '4']);
    expect(await (await call(patient, 'GET', '/v1/alerts?after=5')).json()).toEqual({alerts: [], next: '5'});
    expect(await codeOf(await call(patient, 'GET', '/v1/alerts?limit=0'))).toEqual([400, 'invalid-field']);
  });
});

describe('event stream', () => {
  it('sends what is there and what comes, each once and in order, and goes on where it was left', async () => {
    const patient = await known();
    const one = (): Promise<unknown> =>
      notify.queueAlert({alert: patient.accessAlert(patient.request(), access(true))});
    await one();
    const stream = new EventStream();
    await stream.open(`${url}/v1/alerts`, patient.sign('GET', '/v1/alerts'));
    await eventually(() => expect(stream.events).toHaveLength(1));
    await Promise.all([one(), one(), one()]);
    await eventually(() => expect(stream.events.map(({id}) => id)).toEqual(['1', '2', '3', '4']));
    stream.close();
    await Promise.all([one(), one()]);
    const resumed = new EventStream();
    await resumed.open(`${url}/v1/alerts`, {...patient.sign('GET', '/v1/alerts'), 'last-event-id': '3'});
    await one();
    await eventually(() =>
      expect(resumed.events.map(({id, data}) => [id, data.seq])).toEqual([
        ['4', '4'],
        ['5', '5'],
        ['6', '6'],
        ['7', '7'],
      ]),
    );
    resumed.close();
  });

  it('says that it is alive, and refuses a third stream of one patient', async () => {
    const patient = await known();
    const streams = [new EventStream(), new EventStream()];
    for (const stream of streams)
      expect((await stream.open(`${url}/v1/alerts`, patient.sign('GET', '/v1/alerts'))).status).toBe(200);
    await eventually(() => expect(streams[0]?.comments).toBeGreaterThan(2));
    expect(await codeOf(await new EventStream().open(`${url}/v1/alerts`, patient.sign('GET', '/v1/alerts')))).toEqual([
      429,
      'quota-exceeded',
    ]);
    streams[0]?.close();
    await eventually(async () => {
      const again = new EventStream();
      expect((await again.open(`${url}/v1/alerts`, patient.sign('GET', '/v1/alerts'))).status).toBe(200);
      again.close();
    });
    streams[1]?.close();
  });
});

describe('webhooks', () => {
  let receiver: WebhookReceiver;
  let target: string;
  beforeEach(async () => {
    receiver = new WebhookReceiver();
    target = await receiver.listen();
  });
  afterEach(() => receiver.close());
  const secret = 'a secret of the receiver';
  const subscribe = async (patient: Patient, path = '/hook'): Promise<void> => {
    const webhooks = [{url: target + path, secret}];
    expect((await call(patient, 'PUT', '/v1/channels', {webhooks})).status).toBe(200);
    expect(await (await call(patient, 'GET', '/v1/channels')).json()).toEqual({webhooks});
  };

  it('signs what it sends, tries again after a failure, and stops when it was taken', async () => {
    const patient = await known();
    await subscribe(patient);
    receiver.answer = (count) => (count === 1 ? {status: 500} : count === 2 ? 'silence' : {status: 204});
    await notify.queueAlert({alert: patient.accessAlert(patient.request(), access(false))});
    await eventually(() => expect(receiver.received).toHaveLength(3), 20_000);
    const bodies = receiver.received.map(({body}) => body);
    expect(new Set(bodies).size).toBe(1);
    for (const {headers, body} of receiver.received)
      expect(headers['vv-signature']).toBe(`sha256=${createHmac('sha256', secret).update(body).digest('hex')}`);
    expect(JSON.parse(bodies[0] ?? '')).toEqual((await alertsOf(patient))[0]);
    await new Promise((resolve) => setTimeout(resolve, 2_500));
    expect(receiver.received).toHaveLength(3);
  });

  it('follows no redirect', async () => {
    const patient = await known();
    await subscribe(patient);
    receiver.answer = () => ({status: 307, headers: {location: `${target}/elsewhere`}});
    await notify.queueAlert({alert: patient.accessAlert(patient.request(), access(false))});
    await eventually(() => expect(receiver.received.length).toBeGreaterThan(1), 20_000);
    expect(new Set(receiver.received.map(({path}) => path))).toEqual(new Set(['/hook']));
  });

  it('refuses inside addresses, doubles and short secrets', async () => {
    const patient = await known();
    const put = (webhooks: object[]): Promise<[number, string]> =>
      call(patient, 'PUT', '/v1/channels', {webhooks}).then(codeOf);
    for (const inside of [
      'https://10.0.0.1/',
      'https://169.254.169.254/latest',
      'http://example.org/',
      'https://[fd00::1]/',
    ])
      expect(await put([{url: inside, secret}])).toEqual([400, 'invalid-field']);
    expect(
      await put([
        {url: `${target}/a`, secret},
        {url: `${target}/a`, secret},
      ]),
    ).toEqual([400, 'invalid-field']);
    expect(await put([{url: `${target}/a`, secret: 'short'}])).toEqual([400, 'invalid-field']);
    expect(await (await call(patient, 'GET', '/v1/channels')).json()).toEqual({webhooks: []});
  });

  it('pushes no usual pattern, and every refusal', async () => {
    const patient = await known();
    await subscribe(patient);
    const usual = access(true);
    const rules = [{kind: 'ACCESS_PERMITTED', reader: toHex(usual.reader), action: 'store'}];
    expect((await call(patient, 'PUT', '/v1/rules', {rules})).status).toBe(200);
    expect(await (await call(patient, 'GET', '/v1/rules')).json()).toEqual({rules});
    expect(
      await codeOf(await call(patient, 'PUT', '/v1/rules', {rules: [{kind: 'ACCESS_REFUSED', action: 'store'}]})),
    ).toEqual([400, 'invalid-field']);
    const stream = new EventStream();
    await stream.open(`${url}/v1/alerts`, patient.sign('GET', '/v1/alerts'));
    await notify.queueAlert({alert: patient.accessAlert(patient.request(), usual)});
    await notify.queueAlert({alert: patient.accessAlert(patient.request(), {...access(false), reader: usual.reader})});
    await eventually(() => expect(stream.events.map(({data}) => data.kind)).toEqual(['ACCESS_REFUSED']));
    await eventually(() => expect(receiver.received).toHaveLength(1));
    expect((await alertsOf(patient)).map(({kind}) => kind)).toEqual(['ACCESS_PERMITTED', 'ACCESS_REFUSED']);
    stream.close();
  });

  it('belongs to the trace of what it tells, to the last span, and no span names anybody', async () => {
    const patient = await known();
    await subscribe(patient);
    const decided = access(false);
    let traceId = '';
    await withSpan('spec', {}, async (span) => {
      traceId = span.spanContext().traceId;
      await tell(patient, patient.accessed(patient.request(), decided));
    });
    await eventually(() => expect(receiver.received).toHaveLength(1));
    expect(receiver.received[0]?.headers['traceparent']).toContain(traceId);
    await eventually(async () => {
      await telemetry.flush();
      const names = exporter
        .getFinishedSpans()
        .filter((span) => span.spanContext().traceId === traceId)
        .map(({name}) => name);
      expect(names).toEqual(
        expect.arrayContaining([`process ${TOPICS.ledgerEvents}`, 'queue alert', 'deliver webhook']),
      );
    });
    const all = JSON.stringify(
      exporter.getFinishedSpans().map(({name, attributes, events}) => ({name, attributes, events})),
    );
    for (const secretText of [patient.hex, toHex(decided.reader), expectedId(1, decided.txId), target])
      expect(all).not.toContain(secretText);
  });
});

describe('when engines go away', () => {
  const readiness = (): Promise<[number, unknown]> => host.readyz();

  it('says that it waits for Kafka, and is ready when it is back', async () => {
    await engines.control('kill', 'kafka');
    await eventually(
      async () =>
        expect(await readiness()).toEqual([
          503,
          {status: 'not ready', reasons: {kafka: expect.stringMatching(/does not answer|nobody listens there/)}},
        ]),
      30_000,
    );
    await engines.control('start', 'kafka');
    await eventually(async () => expect(await readiness()).toEqual([200, {status: 'ok'}]), 60_000);
  });

  it('queues nothing without PostgreSQL, says so, and misses nothing that the ledger told meanwhile', async () => {
    const patient = await known();
    await engines.control('kill', 'postgres');
    await expect(
      notify.queueAlert({alert: patient.accessAlert(patient.request(), access(true))}),
    ).rejects.toMatchObject({code: 'database-unavailable'});
    expect(await codeOf(await call(patient, 'GET', '/v1/alerts'))).toEqual([503, 'database-unavailable']);
    expect(await readiness()).toEqual([
      503,
      {status: 'not ready', reasons: {database: expect.stringMatching(/^database-unavailable/)}},
    ]);
    await tell(patient, patient.accessed(patient.request(), access(false)));
    await engines.control('start', 'postgres');
    await eventually(
      async () => expect((await alertsOf(patient)).map(({kind}) => kind)).toEqual(['ACCESS_REFUSED']),
      30_000,
    );
  });

  it('keeps what it answered for, and its place, over a restart; streams come back where they were', async () => {
    const patient = await known();
    await notify.queueAlert({alert: patient.accessAlert(patient.request(), access(true))});
    const stream = new EventStream();
    await stream.open(`${url}/v1/alerts`, patient.sign('GET', '/v1/alerts'));
    await eventually(() => expect(stream.events).toHaveLength(1));
    await running.close();
    await host.close();
    await eventually(() => expect(stream.ended).toBe(true));
    await tell(patient, patient.accessed(patient.request(), access(false)));
    await start();
    const resumed = new EventStream();
    await eventually(async () =>
      expect(
        (await resumed.open(`${url}/v1/alerts`, {...patient.sign('GET', '/v1/alerts'), 'last-event-id': '1'})).status,
      ).toBe(200),
    );
    await eventually(
      () => expect(resumed.events.map(({id, data}) => [id, data.kind])).toEqual([['2', 'ACCESS_REFUSED']]),
      30_000,
    );
    resumed.close();
  });
});
