import {TOPICS, toHex} from '@vitalvault/contracts';
import {startTelemetry, withSpan} from '@vitalvault/process';
import {eventually, idsIn} from '@vitalvault/testkit';
import {InMemorySpanExporter} from '@opentelemetry/sdk-trace';
import {createHmac} from 'node:crypto';
import pg from 'pg';
import {EventStream} from './support/event-stream.js';
import type {Patient} from './support/people.js';
import {WebhookReceiver} from './support/webhook-receiver.js';
import {NotifySystem, access, codeOf} from './notify-system.js';

const exporter = new InMemorySpanExporter();
const telemetry = startTelemetry({service: 'spec', otlpUrl: 'http://127.0.0.1:1', exporter});
const system = new NotifySystem();
const {alertsOf, call, known, tell} = system;
beforeAll(() => system.start());
afterAll(async () => {
  await system.stop();
  await telemetry.shutdown();
});

describe('event stream', () => {
  it('sends what is there and what comes, each once and in order, and goes on where it was left', async () => {
    const patient = await known();
    const one = (): Promise<unknown> =>
      system.notify.queueAlert({alert: patient.accessAlert(patient.request(), access(true))});
    await one();
    const stream = new EventStream();
    await stream.open(`${system.url}/v1/alerts`, patient.sign('GET', '/v1/alerts'));
    await eventually(() => expect(stream.events).toHaveLength(1));
    await Promise.all([one(), one(), one()]);
    await eventually(() => expect(stream.events).toHaveLength(4));
    stream.close();
    await Promise.all([one(), one()]);
    const [, , third, fourth] = stream.events;
    const resumed = new EventStream();
    const headers = {...patient.sign('GET', '/v1/alerts'), 'last-event-id': third?.id ?? ''};
    await resumed.open(`${system.url}/v1/alerts`, headers);
    await one();
    await eventually(() => expect(resumed.events).toHaveLength(4));
    resumed.close();
    expect(resumed.events[0]).toEqual(fourth);
    const all = [...stream.events, ...resumed.events.slice(1)];
    const numbers = all.map(({id}) => Number(id));
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    expect(all.map(({data}) => data.seq)).toEqual(all.map(({id}) => id));
  });

  it('goes on when the database was set back behind what it sent: no number is given again', async () => {
    const patient = await known();
    const one = async (): Promise<string> => {
      const alert = patient.accessAlert(patient.request(), access(true));
      await system.notify.queueAlert({alert});
      return toHex(alert.alertId);
    };
    const stream = new EventStream();
    await stream.open(`${system.url}/v1/alerts`, patient.sign('GET', '/v1/alerts'));
    const sent = async (id: string): Promise<string> =>
      eventually(() => {
        expect(stream.events.at(-1)?.data.id).toBe(id);
        return stream.events.at(-1)?.id ?? '';
      });
    const kept = await sent(await one());
    await sent(await one());
    const database = new pg.Client({connectionString: system.engines.databaseUrl('vv_notify')});
    await database.connect();
    await database.query('DELETE FROM alerts WHERE patient = $1 AND seq > $2', [patient.hex, kept]);
    await database.query('UPDATE patients SET last_seq = $2 WHERE patient = $1', [patient.hex, kept]);
    await database.end();
    await sent(await one());
    stream.close();
  });

  it('says that it is alive, and refuses a third stream of one patient', async () => {
    const patient = await known();
    const streams = [new EventStream(), new EventStream()];
    for (const stream of streams)
      expect((await stream.open(`${system.url}/v1/alerts`, patient.sign('GET', '/v1/alerts'))).status).toBe(200);
    await eventually(() => expect(streams[0]?.comments).toBeGreaterThan(2));
    expect(
      await codeOf(await new EventStream().open(`${system.url}/v1/alerts`, patient.sign('GET', '/v1/alerts'))),
    ).toEqual([429, 'quota-exceeded']);
    streams[0]?.close();
    await eventually(async () => {
      const again = new EventStream();
      expect((await again.open(`${system.url}/v1/alerts`, patient.sign('GET', '/v1/alerts'))).status).toBe(200);
      again.close();
    });
    streams[1]?.close();
  });
});

describe('webhooks', () => {
  let receiver: WebhookReceiver;
  let hanging: WebhookReceiver;
  let target: string;
  beforeEach(async () => {
    [receiver, hanging] = [new WebhookReceiver(), new WebhookReceiver()];
    target = await receiver.listen();
  });
  afterEach(() => {
    receiver.close();
    hanging.close();
  });
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
    await tell(patient, patient.accessed(patient.request(), access(false)));
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
    await tell(patient, patient.accessed(patient.request(), access(false)));
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
    await stream.open(`${system.url}/v1/alerts`, patient.sign('GET', '/v1/alerts'));
    await system.notify.queueAlert({alert: patient.accessAlert(patient.request(), usual)});
    await tell(patient, patient.accessed(patient.request(), {...access(false), reader: usual.reader}));
    await eventually(() => expect(stream.events.map(({data}) => data.kind)).toEqual(['ACCESS_REFUSED']));
    await eventually(() => expect(receiver.received).toHaveLength(1));
    expect((await alertsOf(patient)).map(({kind}) => kind)).toEqual(['ACCESS_PERMITTED', 'ACCESS_REFUSED']);
    stream.close();
  });

  it.each<[string, number, number]>([
    ['one patient with five webhooks and 300 deliveries', 1, 60],
    ['forty patients with one host', 40, 8],
  ])('come to her in time while a receiver hangs: %s', async (_who, patients, alerts) => {
    hanging.answer = () => 'silence';
    const url = await hanging.listen();
    const [patient, ...others] = await Promise.all(Array.from({length: patients + 1}, known));
    if (patient === undefined) throw new Error('nobody');
    for (const other of others) {
      const webhooks = Array.from({length: patients === 1 ? 5 : 1}, (_none, index) => ({
        url: `${url}/${String(index)}`,
        secret,
      }));
      expect((await call(other, 'PUT', '/v1/channels', {webhooks})).status).toBe(200);
    }
    await subscribe(patient);
    for (const other of others)
      await tell(other, ...Array.from({length: alerts}, () => other.accessed(other.request(), access(true))));
    await eventually(() => expect(hanging.received.length).toBeGreaterThan(3), 10_000, 10);
    await system.notify.queueAlert({alert: patient.accessAlert(patient.request(), access(true))});
    const toldAt = Date.now();
    await eventually(() => expect(receiver.received).toHaveLength(1), 60_000, 20);
    // In rounds of eight that wait for the slowest it took twenty seconds.
    expect(Date.now() - toldAt).toBeLessThan(8_000);
    for (const other of others) expect((await call(other, 'PUT', '/v1/channels', {webhooks: []})).status).toBe(200);
  });

  it('belongs to the trace of what it tells, to the last span, and no span names anybody', async () => {
    const patient = await known();
    await subscribe(patient);
    const decided = access(false);
    let traceId = '';
    const request = patient.request();
    await withSpan('spec', {}, async (span) => {
      traceId = span.spanContext().traceId;
      await tell(patient, patient.accessed(request, decided));
    });
    await eventually(() => expect(receiver.received).toHaveLength(1));
    // The receiver is nobody of ours: no header tells it of a trace.
    const {headers = {}, body = ''} = receiver.received[0] ?? {};
    expect(Object.keys(headers).toSorted()).toEqual([
      'connection',
      'content-length',
      'content-type',
      'host',
      'user-agent',
      'vv-signature',
    ]);
    expect(`${JSON.stringify(headers)}${body}`).not.toContain(traceId);
    await eventually(async () => {
      await telemetry.flush();
      const names = exporter
        .getFinishedSpans()
        .filter((span) => span.spanContext().traceId === traceId)
        .map(({name}) => name);
      expect(names).toEqual(
        expect.arrayContaining([`process ${TOPICS.ledgerEvents}`, 'notify.queue_alert', 'notify.deliver_webhook']),
      );
    });
    const all = JSON.stringify(
      exporter.getFinishedSpans().map(({name, attributes, events}) => ({name, attributes, events})),
    );
    const ids = {
      patient: patient.hex,
      reader: toHex(decided.reader),
      alert: toHex(patient.accessAlert(request, decided).alertId),
      transaction: toHex(decided.txId),
      grant: toHex(request.grantId),
      target,
    };
    expect(idsIn(all, ids)).toEqual([]);
  });
});

describe('when engines go away', () => {
  const readiness = (): Promise<[number, unknown]> => system.host.readyz();

  it('says that it waits for Kafka, queues what policy tells and shows it meanwhile', async () => {
    const patient = await known();
    await system.engines.control('kill', 'kafka');
    await eventually(
      async () =>
        expect(await readiness()).toEqual([
          200,
          {
            status: 'ok',
            degraded: [
              {
                part: 'kafka',
                since: expect.stringMatching(/^\d{4}-/),
                reason: expect.stringMatching(/does not answer|nobody listens there/),
              },
            ],
          },
        ]),
      30_000,
    );
    await system.notify.queueAlert({alert: patient.accessAlert(patient.request(), access(true))});
    expect(await alertsOf(patient)).toHaveLength(1);
    await system.engines.control('start', 'kafka');
    await eventually(async () => expect(await readiness()).toEqual([200, {status: 'ok'}]), 60_000);
  });

  it('queues nothing without PostgreSQL, says so, and misses nothing that the ledger told meanwhile', async () => {
    const patient = await known();
    await system.engines.control('kill', 'postgres');
    await expect(
      system.notify.queueAlert({alert: patient.accessAlert(patient.request(), access(true))}),
    ).rejects.toMatchObject({code: 'database-unavailable'});
    expect(await codeOf(await call(patient, 'GET', '/v1/alerts'))).toEqual([503, 'database-unavailable']);
    await eventually(async () =>
      expect(await readiness()).toMatchObject([
        503,
        {status: 'not ready', reasons: {database: expect.stringMatching(/^database-unavailable/)}},
      ]),
    );
    await tell(patient, patient.accessed(patient.request(), access(false)));
    await system.engines.control('start', 'postgres');
    await eventually(
      async () => expect((await alertsOf(patient)).map(({kind}) => kind)).toEqual(['ACCESS_REFUSED']),
      30_000,
    );
  });

  it('keeps what it answered for, and its place, over a restart; streams come back where they were', async () => {
    const patient = await known();
    await system.notify.queueAlert({alert: patient.accessAlert(patient.request(), access(true))});
    const stream = new EventStream();
    await stream.open(`${system.url}/v1/alerts`, patient.sign('GET', '/v1/alerts'));
    await eventually(() => expect(stream.events).toHaveLength(1));
    const seen = stream.events[0]?.id ?? '';
    await system.stopNotify();
    await eventually(() => expect(stream.ended).toBe(true));
    await tell(patient, patient.accessed(patient.request(), access(false)));
    await system.startNotify();
    const resumed = new EventStream();
    await eventually(async () =>
      expect(
        (await resumed.open(`${system.url}/v1/alerts`, {...patient.sign('GET', '/v1/alerts'), 'last-event-id': seen}))
          .status,
      ).toBe(200),
    );
    await eventually(() => expect(resumed.events.map(({data}) => data.kind)).toEqual(['ACCESS_REFUSED']), 30_000);
    resumed.close();
  });
});
