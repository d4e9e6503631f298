import {ORG_ROLE, TOPICS, encodeCanonical, fromHex, toHex} from '@vitalvault/contracts';
import {LedgerEventSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {SkipEntrySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {SignedAcceptedSchema} from '@vitalvault/contracts/gen/receipt/v1/receipt';
import {PostedRecordSchema, PostedRecordsSchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {RecordState} from '@vitalvault/contracts/gen/storage/v1/storage';
import {fromBinary} from '@bufbuild/protobuf';
import {generateSigningKey, openAccepted, recordIdOfPosted, signSkip} from '@vitalvault/envelope';
import {KafkaProducer, createTopics} from '@vitalvault/kafka-bus';
import {contentDigest} from '@vitalvault/http';
import {createLogger, startTelemetry} from '@vitalvault/process';
import type {HttpService} from '@vitalvault/http';
import type {RunningService} from '@vitalvault/process';
import {ManagedHost} from '@vitalvault/process/testing';
import {InMemorySpanExporter} from '@opentelemetry/sdk-trace';
import {RunningProcess, eventually, freePort, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {writeFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {ingestConfig} from '../src/config.js';
import type {IngestConfig} from '../src/config.js';
import {startIngest} from '../src/start-ingest.js';
import {others, startOthers, stored} from '../src/testing/fake-services.js';
import {
  CHAIN,
  SLOT,
  device,
  deviceKey,
  organisation,
  patient,
  random,
  record,
  releaseKey,
  tag,
} from '../src/testing/records.js';

const ONE = 'application/vnd.vitalvault.record.v1+protobuf';
const MANY = 'application/vnd.vitalvault.records.v1+protobuf';
const logger = createLogger({service: 'spec', level: 'error'});
const exporter = new InMemorySpanExporter();
const telemetry = startTelemetry({service: 'spec', otlpUrl: 'http://127.0.0.1:1', exporter});
const ingestKey = generateSigningKey(random);
let engines: Engines;
let producer: KafkaProducer;
let services: HttpService;
let running: RunningService;
let host: ManagedHost<IngestConfig>;
let [url, httpPort, grpcPort] = ['', 0, 0];
let sequence = 0n;

const fresh = (header: Parameters<typeof record>[0] = {}, posted: Parameters<typeof record>[1] = {}): PostedRecord =>
  record({sequence: ++sequence, tagSequence: sequence, ...header}, posted);
const one = (posted: PostedRecord): Buffer => Buffer.from(encodeCanonical(PostedRecordSchema, posted));
const many = (...records: PostedRecord[]): Buffer => Buffer.from(encodeCanonical(PostedRecordsSchema, {records}));
const post = (body: Uint8Array, type = ONE, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${url}/v1/records`, {method: 'POST', body: Buffer.from(body), headers: {'content-type': type, ...headers}});
interface Entry {
  status: string;
  recordId: string;
  receipt: string;
  location: string;
  problem?: {code: string; remedy: string};
}
const entriesOf = async (response: Response): Promise<Entry[]> =>
  ((await response.json()) as {records: Entry[]}).records;
const problemOf = async (response: Response): Promise<[number, string]> => {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = (await response.json()) as {type: string; code: string; remedy: string; instance: string};
  expect(problem).toMatchObject({
    type: `https://vitalvault.dev/errors/${problem.code}`,
    remedy: expect.any(String),
    instance: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  return [response.status, problem.code];
};
const inKafka = (posted: PostedRecord): number => others.counts.get(toHex(recordIdOfPosted(posted))) ?? 0;

const settings = (given: Record<string, unknown> = {}) =>
  ingestConfig.parse({
    httpPort,
    chainId: CHAIN,
    genesisFile: join(engines.data, 'spec-genesis.json'),
    organisation: toHex(organisation),
    kafkaBrokers: engines.endpoints.kafka,
    otlpUrl: 'http://127.0.0.1:1',
    ingestKeyFile: join(engines.data, 'ingest.json'),
    policyGrpc: `127.0.0.1:${String(grpcPort)}`,
    storageGrpc: `127.0.0.1:${String(grpcPort)}`,
    bodyTimeoutMs: 1_500,
    factsTtlMs: 3_600_000,
    deviceBurst: 60,
    deviceRefillPerSecond: 40,
    ...given,
  });

beforeAll(async () => {
  engines = await startEngines({only: ['kafka']});
  const genesis = encodeCanonical(GenesisSchema, {
    version: 1,
    organisations: [
      {
        id: organisation,
        name: 'x',
        keys: [
          {key: releaseKey, role: ORG_ROLE.release},
          {key: {alg: 1, publicKey: ingestKey.publicKey}, role: ORG_ROLE.ingest},
        ],
        validators: [{publicKey: random(32), power: 1n}],
      },
    ],
  });
  writeFileSync(
    join(engines.data, 'spec-genesis.json'),
    JSON.stringify({chain_id: CHAIN, validators: [], app_state: Buffer.from(genesis).toString('base64')}),
  );
  writeFileSync(
    join(engines.data, 'ingest.json'),
    JSON.stringify({alg: 1, publicKey: toHex(ingestKey.publicKey), privateKey: toHex(ingestKey.privateKey)}),
    {mode: 0o600},
  );
  producer = new KafkaProducer({brokers: [engines.endpoints.kafka], clientId: 'spec', logger});
  await createTopics({
    brokers: [engines.endpoints.kafka],
    clientId: 'spec',
    logger,
    topics: [{topic: TOPICS.recordsAccepted}, {topic: TOPICS.ledgerEvents}],
  });
  [httpPort, grpcPort] = [await freePort(), await freePort()];
  url = `http://127.0.0.1:${String(httpPort)}`;
  services = await startOthers({kafka: engines.endpoints.kafka, grpcPort, producer});
  host = new ManagedHost(settings(), logger);
  running = await startIngest(host);
  host.readiness.started = true;
  await eventually(async () => expect((await host.readyz())[0]).toBe(200), 30_000);
});

afterAll(async () => {
  await running.close();
  await host.close();
  await services.close();
  await producer.close();
  await telemetry.shutdown();
  await engines.stop();
});

describe('POST /v1/records', () => {
  it('answers with a receipt when the record is in Kafka, under the patient, in one trace', async () => {
    const posted = fresh();
    const response = await post(one(posted), ONE, {'content-digest': contentDigest(one(posted))});
    expect(response.status).toBe(202);
    const body = (await response.json()) as {chainId: string; records: [Entry]};
    const [entry] = body.records;
    expect(body.chainId).toBe(CHAIN);
    expect(entry).toMatchObject({
      status: 'accepted',
      recordId: toHex(recordIdOfPosted(posted)),
      location: `/v1/receipts/${toHex(device)}/1/${String(sequence)}`,
    });
    expect(response.headers.get('location')).toBe(entry.location);
    const accepted = openAccepted(fromBinary(SignedAcceptedSchema, fromHex(entry.receipt)), {
      alg: 1,
      publicKey: ingestKey.publicKey,
    });
    expect([toHex(accepted.recordId), toHex(accepted.organisation)]).toEqual([entry.recordId, toHex(organisation)]);
    const found = await eventually(() => {
      const match = others.accepted.find((one_) => one_.sequence === sequence);
      if (match === undefined) throw new Error('not in Kafka yet');
      return match;
    });
    expect(found.key).toBe(toHex(patient));
    expect(Buffer.from(encodeCanonical(SignedAcceptedSchema, found.value.receipt!)).toString('hex')).toBe(
      entry.receipt,
    );
    await telemetry.flush();
    const traceId = found.traceparent?.split('-')[1] ?? '';
    const names = exporter
      .getFinishedSpans()
      .filter((span) => span.spanContext().traceId === traceId)
      .map(({name}) => name);
    expect(names).toEqual(
      expect.arrayContaining([
        'POST /v1/records',
        `send ${TOPICS.recordsAccepted}`,
        'vitalvault.policy.v1.PolicyService/GetDevice',
        'vitalvault.storage.v1.StorageService/GetRecordStatus',
      ]),
    );
    const spans = JSON.stringify(exporter.getFinishedSpans().map(({name, attributes}) => ({name, attributes})));
    for (const id of [patient, device, recordIdOfPosted(posted), tag]) expect(spans).not.toContain(toHex(id));
  });

  it('gives the same bytes the same receipt, other bytes a conflict', async () => {
    const posted = fresh();
    const [first] = await entriesOf(await post(one(posted)));
    const again = await post(one(posted));
    expect(again.status).toBe(202);
    expect(await entriesOf(again)).toEqual([{...first, status: 'duplicate'}]);
    expect(await problemOf(await post(one(record({sequence, tagSequence: sequence}))))).toEqual([
      409,
      'sequence-conflict',
    ]);
    await eventually(() => expect(inKafka(posted)).toBe(1));
  });

  it('answers each record of a body by itself', async () => {
    const [good, strange, late] = [fresh(), fresh({typeTag: random(16)}), fresh()];
    const response = await post(many(good, strange, late), MANY);
    expect(response.status).toBe(207);
    const entries = await entriesOf(response);
    expect(entries.map(({status, problem}) => problem?.code ?? status)).toEqual(['accepted', 'wrong-tag', 'accepted']);
    await eventually(() => expect([good, strange, late].map(inKafka)).toEqual([1, 0, 1]));
  });

  it('takes a body of a mebibyte, which is more than Kafka takes at once', async () => {
    const records = Array.from({length: 15}, () => fresh({}, {ciphertext: random(65_536)}));
    const response = await post(many(...records), MANY);
    expect(response.status).toBe(202);
    await eventually(() => expect(records.map(inKafka)).toEqual(records.map(() => 1)));
  });
});

describe('what is refused, and never reaches Kafka', () => {
  const high = (posted: PostedRecord): PostedRecord => {
    const n = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const s = (n - BigInt(`0x${toHex(posted.signature.slice(32))}`)).toString(16).padStart(64, '0');
    return {...posted, signature: Buffer.concat([posted.signature.slice(0, 32), Buffer.from(s, 'hex')])};
  };
  const flip = (posted: PostedRecord): PostedRecord => ({
    ...posted,
    ciphertext: posted.ciphertext.map((byte, index) => (index === 99 ? byte ^ 1 : byte)),
  });

  it.each<[number, string, string, () => Promise<Response>]>([
    [413, 'body-too-large', 'a body above a mebibyte', () => post(random(1_048_577), MANY)],
    [413, 'body-too-large', 'one record above what one can be', () => post(random(67_000))],
    [415, 'unsupported-content-type', 'JSON', () => post(Buffer.from('{}'), 'application/json')],
    [
      415,
      'unsupported-content-type',
      'another type of ours',
      () => post(one(fresh()), 'application/vnd.vitalvault.tx.v1+protobuf'),
    ],
    [415, 'unsupported-content-type', 'text', () => post(Buffer.from('hello'), 'text/plain')],
    [400, 'malformed', 'nothing', () => post(new Uint8Array())],
    [400, 'malformed', 'no record', () => post(new Uint8Array(), MANY)],
    [400, 'malformed', 'noise', () => post(random(500))],
    [
      400,
      'malformed',
      'a second encoding of the same',
      () => post(Buffer.concat([one(fresh()), Buffer.from('0a00', 'hex')])),
    ],
    [400, 'unknown-field', 'an unknown field', () => post(Buffer.concat([one(fresh()), Buffer.from('f80101', 'hex')]))],
    [
      400,
      'unknown-field',
      'an unknown field in the header',
      () => {
        const posted = fresh();
        return post(one(record({}, {header: Buffer.concat([posted.header, Buffer.from('f80101', 'hex')])})));
      },
    ],
    [
      400,
      'digest-mismatch',
      'another body than its digest',
      () => post(one(fresh()), ONE, {'content-digest': contentDigest(Buffer.from('x'))}),
    ],
    [400, 'digest-mismatch', 'a digest that is none', () => post(one(fresh()), ONE, {'content-digest': 'md5=:AAAA:'})],
    [400, 'wrong-version', 'version 2', () => post(one(fresh({version: 2})))],
    [400, 'wrong-chain', 'another chain', () => post(one(fresh({chainId: 'mainnet'})))],
    [400, 'invalid-field', 'a size that is no class', () => post(one(fresh({}, {ciphertext: random(300)})))],
    [400, 'invalid-field', 'the zero tag', () => post(one(fresh({typeTag: new Uint8Array(16)})))],
    [400, 'invalid-field', 'number 0', () => post(one(record({sequence: 0n})))],
    [400, 'record-signature', 'a changed ciphertext', () => post(one(flip(fresh())))],
    [400, 'record-signature', 'a high-S signature', () => post(one(high(fresh())))],
    [403, 'unknown-device', 'a device that nobody registered', () => post(one(fresh({device: random(20)})))],
    [403, 'unknown-device', 'a registration that there was not', () => post(one(fresh({registration: 2})))],
    [403, 'unknown-device', "somebody else's patient", () => post(one(fresh({patient: random(20)})))],
    [403, 'wrong-tag', "a tag that is not the device's", () => post(one(fresh({typeTag: random(16)})))],
    [400, 'slot-out-of-range', 'an hour before the registration', () => post(one(fresh({slot: SLOT - 101})))],
    [
      400,
      'slot-out-of-range',
      'an hour to come',
      () => post(one(fresh({slot: Math.floor(Date.now() / 3_600_000) + 2}))),
    ],
    [409, 'unknown-epoch', 'an epoch that is not there', () => post(one(fresh({epoch: 7})))],
    [409, 'unknown-epoch', 'an epoch that begins later', () => post(one(fresh({slot: SLOT - 60})))],
    [409, 'unknown-release-key', "another custodian's release key", () => post(one(fresh({releaseKeyId: random(20)})))],
    [409, 'sequence-too-far', 'a number too far ahead', () => post(one(record({sequence: 9_000n, tagSequence: 1n})))],
  ])('%i %s: %s', async (status, code, _what, send) => {
    const before = others.accepted.length;
    expect(await problemOf(await send())).toEqual([status, code]);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(others.accepted).toHaveLength(before);
  });

  it('ends a body that stops half-way, and goes on', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      let text = '';
      const socket = connect(httpPort, '127.0.0.1', () =>
        socket.write(
          `POST /v1/records HTTP/1.1\r\nhost: x\r\ncontent-type: ${ONE}\r\ncontent-length: 5000\r\n\r\nhalf`,
        ),
      );
      socket
        .on('data', (chunk) => (text += chunk.toString()))
        .on('close', () => {
          resolve(text);
        })
        .on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1.1 408 /);
    expect(answer).toContain('"code":"body-timeout"');
    const broken = connect(httpPort, '127.0.0.1', () => {
      broken.write(`POST /v1/records HTTP/1.1\r\nhost: x\r\ncontent-type: ${ONE}\r\ncontent-length: 5000\r\n\r\nhalf`);
      broken.destroy();
    });
    await new Promise((resolve) => broken.on('close', resolve));
    expect((await post(one(fresh()))).status).toBe(202);
  });
});

describe('POST /v1/skips', () => {
  it('hands a number that its device gives up on to storage', async () => {
    const number = ++sequence;
    const entry = signSkip(
      {chainId: CHAIN, patient, device, registration: 1, sequence: number, typeTag: tag, tagSequence: number},
      deviceKey.privateKey,
    );
    const send = (type: string, body: Uint8Array): Promise<Response> =>
      fetch(`${url}/v1/skips`, {method: 'POST', headers: {'content-type': type}, body: Buffer.from(body)});
    const body = encodeCanonical(SkipEntrySchema, entry);
    const response = await send('application/vnd.vitalvault.skip.v1+protobuf', body);
    expect([response.status, await response.json()]).toEqual([202, {chainId: CHAIN, status: 'accepted'}]);
    await eventually(() => expect(others.skips.map(({skip}) => toHex(skip))).toContain(toHex(entry.skip)));
    others.statuses.set(String(number), {
      found: true,
      state: RecordState.SKIPPED,
      height: 9n,
      txId: new Uint8Array(32).fill(1),
      logIndex: 4n,
    });
    expect(await (await fetch(url + (response.headers.get('location') ?? ''))).json()).toMatchObject({
      state: 'skipped',
      height: '9',
      logIndex: '4',
    });
    expect(await problemOf(await post(one(record({sequence: number, tagSequence: number}))))).toEqual([
      409,
      'sequence-conflict',
    ]);
    expect(await problemOf(await send(ONE, body))).toEqual([415, 'unsupported-content-type']);
    expect(await problemOf(await send('application/vnd.vitalvault.skip.v1+protobuf', body.slice(0, 50)))).toEqual([
      400,
      'malformed',
    ]);
  });
});

describe('receipts, statements, time', () => {
  it('knows a record before storage does, and says what storage says after', async () => {
    const posted = fresh();
    const [entry] = await entriesOf(await post(one(posted)));
    const receipt = async (): Promise<object> => (await (await fetch(url + (entry?.location ?? ''))).json()) as object;
    expect(await receipt()).toEqual({state: 'accepted', recordId: entry?.recordId, receipt: entry?.receipt});
    const value = await eventually(() => others.accepted.find((found) => found.sequence === sequence)!.value);
    others.statuses.set(String(sequence), stored(value, recordIdOfPosted(posted)));
    expect(await receipt()).toEqual({
      state: 'stored',
      recordId: entry?.recordId,
      receipt: entry?.receipt,
      cid: 'bafkreitest',
      replicas: 2,
    });
    others.statuses.set(
      String(sequence),
      stored(value, recordIdOfPosted(posted), {
        state: RecordState.ANCHORED,
        height: 77n,
        txId: new Uint8Array(32).fill(5),
        logIndex: 0n,
      }),
    );
    expect(await receipt()).toMatchObject({state: 'anchored', height: '77', txId: '05'.repeat(32), logIndex: '0'});
    others.statuses.set(
      String(sequence),
      stored(value, recordIdOfPosted(posted), {state: RecordState.REFUSED, refusalCode: 126}),
    );
    expect(await receipt()).toMatchObject({state: 'refused', refusal: {code: 126, name: 'entryEpoch'}});
  });

  it('says what it does not know', async () => {
    expect(await problemOf(await fetch(`${url}/v1/receipts/${toHex(device)}/1/999999`))).toEqual([
      404,
      'receipt-not-found',
    ]);
    expect(await problemOf(await fetch(`${url}/v1/receipts/${toHex(device)}/1/0`))).toEqual([400, 'invalid-field']);
    expect(await problemOf(await fetch(`${url}/v1/receipts/${toHex(device)}/4294967296/1`))).toEqual([
      400,
      'invalid-field',
    ]);
    expect(await problemOf(await fetch(`${url}/v1/nothing`))).toEqual([404, 'route-not-found']);
  });

  it('hands on epoch statements, never from before the height that is asked for', async () => {
    const path = `${url}/v1/patients/${toHex(patient)}/epoch-statements`;
    expect(await (await fetch(`${path}?typeTag=${toHex(tag)}&atLeast=12`)).json()).toMatchObject({
      statements: [expect.stringMatching(/^[0-9a-f]+$/)],
      atHeight: '12',
    });
    expect(await problemOf(await fetch(`${path}?atLeast=13`))).toEqual([503, 'behind']);
    expect(await problemOf(await fetch(`${path}?typeTag=xx`))).toEqual([400, 'invalid-field']);
  });

  it('tells the time', async () => {
    const {unixMs, slot} = (await (await fetch(`${url}/v1/time`)).json()) as {unixMs: string; slot: number};
    expect(Math.abs(Number(unixMs) - Date.now())).toBeLessThan(2_000);
    expect(slot).toBe(Math.floor(Number(unixMs) / 3_600_000));
  });
});

describe('what the ledger changes', () => {
  it('forgets a device when its removal is told, long before its memory ends', async () => {
    expect((await post(one(fresh()))).status).toBe(202);
    const before = others.devicesAsked;
    expect((await post(one(fresh()))).status).toBe(202);
    expect(others.devicesAsked).toBe(before);
    others.registered = {...others.registered, removed: true, distrustFromSlot: SLOT};
    const accessLeaf = encodeCanonical(AccessLeafSchema, {
      index: 1n,
      event: {case: 'deviceRemoved', value: {device, registration: 1, distrustFromSlot: SLOT}},
    });
    const value = encodeCanonical(LedgerEventSchema, {height: 9n, patient, accessLeaf});
    await producer.send(TOPICS.ledgerEvents, [{key: patient, value}]);
    await eventually(async () => expect(await problemOf(await post(one(fresh())))).toEqual([403, 'device-removed']));
    others.registered = {...others.registered, removed: false, distrustFromSlot: 0};
    await producer.send(TOPICS.ledgerEvents, [{key: patient, value}]);
    sequence += 100n;
    await eventually(async () => expect((await post(one(fresh()))).status).toBe(202));
  });
});

describe('when something is away', () => {
  const reasons = async (): Promise<object> => {
    const [status, body] = await host.readyz();
    expect(status).toBe(503);
    return (body as {reasons: object}).reasons;
  };

  it('takes nothing while storage is too far behind', async () => {
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    others.backlogMs = 4n * 86_400_000n;
    const refused = await post(one(fresh()));
    expect(refused.headers.get('retry-after')).toBe('30');
    expect(await problemOf(refused)).toEqual([503, 'storage-behind']);
    others.backlogMs = 0n;
    await eventually(async () => expect((await post(one(fresh()))).status).toBe(202), 8_000);
  });

  it('acknowledges nothing without Kafka, and the same bytes when it is back', async () => {
    await engines.control('kill', 'kafka');
    const posted = fresh();
    const started = Date.now();
    expect(await problemOf(await post(one(posted)))).toEqual([503, 'bus-unavailable']);
    expect(Date.now() - started).toBeLessThan(8_000);
    expect(await problemOf(await fetch(`${url}/v1/receipts/${toHex(device)}/1/${String(sequence)}`))).toEqual([
      404,
      'receipt-not-found',
    ]);
    await eventually(
      async () =>
        expect(await reasons()).toMatchObject({
          kafka: expect.stringMatching(/^bus-unavailable: nobody listens there$/),
        }),
      10_000,
    );
    await engines.control('start', 'kafka');
    const response = await eventually(async () => {
      const answer = await post(one(posted));
      expect(answer.status).toBe(202);
      return answer;
    }, 30_000);
    const [entry] = await entriesOf(response);
    expect(entry?.status).toBe('accepted');
    await eventually(() => expect(inKafka(posted)).toBeGreaterThanOrEqual(1), 20_000);
    const receipts = new Set(
      others.accepted
        .filter((found) => found.sequence === sequence)
        .map(({value}) => toHex(encodeCanonical(SignedAcceptedSchema, value.receipt!))),
    );
    expect([...receipts]).toEqual([entry?.receipt]);
  });

  it('takes nothing without policy and storage, and says who is missing', async () => {
    await services.close();
    expect(await problemOf(await post(one(fresh({registration: 3}))))).toEqual([
      503,
      expect.stringMatching(/^(policy|storage)-unavailable$/),
    ]);
    expect(await reasons()).toEqual({
      policy: expect.stringMatching(/^policy-unavailable/),
      storage: expect.stringMatching(/^storage-unavailable/),
    });
    expect(await problemOf(await fetch(`${url}/v1/patients/${toHex(patient)}/epoch-statements`))).toEqual([
      503,
      'policy-unavailable',
    ]);
    services = await startOthers({kafka: engines.endpoints.kafka, grpcPort, producer});
    await eventually(async () => expect((await post(one(fresh()))).status).toBe(202), 10_000);
  });
});

describe('a process of its own', () => {
  const environment = (given: Record<string, unknown>): Record<string, string> =>
    Object.fromEntries(
      Object.entries({...settings(), ...given}).map(([name, value]) => [
        `VITALVAULT_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`,
        String(value),
      ]),
    );
  let management = 0;
  const run = async (port: number, given: Record<string, unknown> = {}): Promise<RunningProcess> => {
    management = await freePort();
    const child = new RunningProcess({
      command: process.execPath,
      args: [join(import.meta.dirname, '..', 'dist', 'main.js')],
      env: {...environment({...given, httpPort: port, managementPort: management}), PATH: process.env['PATH'] ?? ''},
    });
    await eventually(
      async () => expect((await fetch(`http://127.0.0.1:${String(management)}/readyz`)).status).toBe(200),
      30_000,
    );
    return child;
  };
  const to = (port: number, body: Buffer, type = ONE): Promise<Response> =>
    fetch(`http://127.0.0.1:${String(port)}/v1/records`, {
      method: 'POST',
      body: Uint8Array.from(body),
      headers: {'content-type': type},
    });

  it('over quota: the whole request, with the time to wait, and nothing of it happened', async () => {
    const port = await freePort();
    const child = await run(port, {deviceBurst: 5, deviceRefillPerSecond: 1});
    const records = Array.from({length: 11}, () => fresh());
    expect(await problemOf(await to(port, many(...records.slice(0, 6)), MANY))).toEqual([429, 'quota-exceeded']);
    expect((await to(port, many(...records.slice(0, 5)), MANY)).status).toBe(202);
    const over = await to(port, many(...records.slice(5, 9)), MANY);
    expect(Number(over.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await problemOf(over)).toEqual([429, 'quota-exceeded']);
    await eventually(() => expect(records.slice(0, 5).map(inKafka)).toEqual([1, 1, 1, 1, 1]));
    expect(records.slice(5).map(inKafka)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(await child.end()).toBe(0);
  });

  it('SIGTERM under load: serves while it drains, then what was taken is answered and in Kafka, and nothing else is', async () => {
    const port = await freePort();
    const child = await run(port, {deviceBurst: 100_000, ownerBurst: 100_000, drainMs: 1_000});
    const [acknowledged, unanswered]: [PostedRecord[], PostedRecord[]] = [[], []];
    const worker = async (): Promise<void> => {
      while (unanswered.length < 4) {
        const posted = fresh();
        const sent = await to(port, one(posted)).catch(() => undefined);
        if (sent === undefined) {
          unanswered.push(posted);
          return;
        }
        expect(sent.status).toBe(202);
        acknowledged.push(posted);
      }
    };
    const load = Promise.all([worker(), worker(), worker(), worker()]);
    await eventually(() => expect(acknowledged.length).toBeGreaterThan(20), 20_000, 5);
    const code = child.end('SIGTERM');
    const before = acknowledged.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(await (await fetch(`http://127.0.0.1:${String(management)}/readyz`)).json()).toEqual({
      status: 'not ready',
      reasons: {process: 'stopping'},
    });
    expect(acknowledged.length).toBeGreaterThan(before);
    await load;
    expect(await code).toBe(0);
    await eventually(() => expect(acknowledged.filter((posted) => inKafka(posted) !== 1)).toEqual([]), 20_000);
    expect(unanswered.map(inKafka)).toEqual([0, 0, 0, 0]);
  });

  it('SIGKILL under load: what was acknowledged is in Kafka, and the rest is taken by the next process under the same numbers', async () => {
    const port = await freePort();
    const first = await run(port, {deviceBurst: 1_000});
    const records = Array.from({length: 150}, () => fresh());
    const acknowledged = new Set<PostedRecord>();
    let broken = 0;
    const waiting = [...records];
    const worker = async (): Promise<void> => {
      for (let posted = waiting.shift(); posted !== undefined; posted = waiting.shift()) {
        const sent = await to(port, one(posted)).catch(() => undefined);
        if (sent === undefined) broken++;
        else if (sent.status === 202) acknowledged.add(posted);
        if (broken > 0) return;
      }
    };
    const load = Promise.all([worker(), worker(), worker(), worker()]);
    await eventually(() => expect(acknowledged.size).toBeGreaterThan(20), 20_000, 5);
    await first.end('SIGKILL');
    await load;
    // A connection that broke while its answer was awaited is the request in flight.
    expect(broken).toBeGreaterThan(0);
    expect(acknowledged.size).toBeLessThan(records.length);
    await eventually(() => expect([...acknowledged].map(inKafka)).toEqual([...acknowledged].map(() => 1)), 20_000);
    const second = await run(port, {deviceBurst: 1_000});
    expect((await to(port, many(...records.filter((posted) => !acknowledged.has(posted))), MANY)).status).toBe(202);
    await eventually(() => expect(records.filter((posted) => inKafka(posted) === 0)).toEqual([]), 20_000);
    expect(await second.end()).toBe(0);
  });
});
