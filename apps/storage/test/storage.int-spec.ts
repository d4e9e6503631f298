import {Controller, Module} from '@nestjs/common';
import {GrpcMethod} from '@nestjs/microservices';
import {LIMITS, TOPICS, decodeCanonical, keyId, sha256Of, toHex} from '@vitalvault/contracts';
import {AlertKind, AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {Alert} from '@vitalvault/contracts/gen/events/v1/events';
import {PolicyService} from '@vitalvault/contracts/gen/policy/v1/policy';
import type {ReleaseKeysRequest} from '@vitalvault/contracts/gen/policy/v1/policy';
import {ReleasePageSchema, StorageService} from '@vitalvault/contracts/gen/storage/v1/storage';
import {DomainError} from '@vitalvault/errors';
import {IpfsClusterClient, KuboClient} from '@vitalvault/ipfs-cluster-client';
import {KafkaProducer} from '@vitalvault/kafka-bus';
import {grpcClient, grpcOptions} from '@vitalvault/grpc';
import {createHttpService, signRequest} from '@vitalvault/http';
import {createLogger} from '@vitalvault/process';
import type {GrpcClient} from '@vitalvault/grpc';
import type {HttpService} from '@vitalvault/http';
import {eventually, idsIn, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {Kafka, logLevel} from 'kafkajs';
import type {Consumer} from 'kafkajs';
import {randomBytes} from 'node:crypto';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import pg from 'pg';
import {Person, World} from './people.js';
import {flipBlock} from './support/flip-block.js';

const logger = createLogger({service: 'spec', level: 'error'});
const asked: ReleaseKeysRequest[] = [];
let policyFails: DomainError | undefined;

// policy has specs of its own: here it is whoever answers ReleaseKeys.
@Controller()
class StandInPolicy {
  @GrpcMethod('PolicyService', 'ReleaseKeys')
  releaseKeys(request: ReleaseKeysRequest): object {
    if (policyFails !== undefined) throw policyFails;
    asked.push(request);
    return {bundle: Uint8Array.of(1, 2, 3), verifiedAtHeight: 1n};
  }
}

@Module({controllers: [StandInPolicy]})
class StandInPolicyModule {}

describe('storage over the real engines', () => {
  let engines: Engines;
  let world: World;
  let producer: KafkaProducer;
  let consumer: Consumer;
  let client: GrpcClient<typeof StorageService>;
  let policy: HttpService;
  let database: pg.Client;
  let url: string;
  const alerts: Alert[] = [];

  const post = (value: Uint8Array, person: Person): Promise<void> =>
    producer.send(TOPICS.recordsAccepted, [{key: person.id, value}]);
  const stateOf = async (recordId: string): Promise<Record<string, unknown>> =>
    (await fetch(`${url}/v1/records/${recordId}/status`)).json() as Promise<Record<string, unknown>>;
  const until = (recordId: string, state: string, timeoutMs = 30_000): Promise<Record<string, unknown>> =>
    eventually(
      async () => {
        const found = await stateOf(recordId);
        expect(found['state']).toBe(state);
        return found;
      },
      timeoutMs,
      200,
    );
  const release = (person: Person, txId: string, page?: string): Promise<Response> => {
    const body = Buffer.from(JSON.stringify({txId, ...(page === undefined ? {} : {page})}));
    const headers = signRequest({
      method: 'POST',
      target: '/v1/releases',
      body,
      organisation: toHex(world.organisation),
      keyId: toHex(keyId({alg: 1, publicKey: person.signing.publicKey})),
      privateKey: person.signing.privateKey,
      nonce: randomBytes(16).toString('base64url'),
      created: Math.floor(Date.now() / 1_000),
    });
    return fetch(`${url}/v1/releases`, {
      method: 'POST',
      body,
      headers: {...headers, 'content-type': 'application/json'},
    });
  };
  const readiness = async (): Promise<[number, unknown]> => {
    const response = await fetch(`${engines.endpoints.management['storage'] ?? ''}/readyz`);
    return [response.status, await response.json()];
  };
  const codeOf = async (response: Response): Promise<unknown> => ((await response.json()) as {code: unknown}).code;

  beforeAll(async () => {
    engines = await startEngines({only: ['engines', 'validators', 'storage'], validators: 1});
    url = engines.endpoints.services['storage'] ?? '';
    const ports = {
      policy: Number(new URL(engines.endpoints.services['policy'] ?? '').port) + 1,
      storage: Number(new URL(url).port) + 1,
    };
    policy = await createHttpService({
      module: StandInPolicyModule,
      logger,
      host: '127.0.0.1',
      httpPort: 0,
      microservices: [grpcOptions({services: [PolicyService], url: `127.0.0.1:${String(ports.policy)}`})],
    });
    await policy.listen();
    client = grpcClient(StorageService, {
      url: `127.0.0.1:${String(ports.storage)}`,
      unavailable: 'storage-unavailable',
    });
    world = await World.of(engines);
    producer = new KafkaProducer({brokers: [engines.endpoints.kafka], clientId: 'spec', logger});
    database = new pg.Client({connectionString: engines.databaseUrl('vv_storage')});
    await database.connect();
    consumer = new Kafka({brokers: [engines.endpoints.kafka], logLevel: logLevel.NOTHING}).consumer({
      groupId: 'spec',
      maxWaitTimeInMs: 200,
    });
    await consumer.connect();
    await consumer.subscribe({topics: [TOPICS.alerts], fromBeginning: true});
    await consumer.run({
      eachMessage: ({message}) =>
        Promise.resolve(void alerts.push(decodeCanonical(AlertSchema, message.value ?? new Uint8Array()))),
    });
  });

  afterAll(async () => {
    await consumer.disconnect();
    await producer.close();
    client.close();
    await database.end();
    await world.close();
    await policy.close();
    await engines.stop();
  });

  let person: Person;
  let first: Awaited<ReturnType<Person['accepted']>>;

  it('brings a record from accepted over stored to anchored', async () => {
    person = await Person.enrolled(world);
    first = await person.accepted(1n, 'first');
    await post(first.value, person);
    const status = await until(first.recordId, 'anchored');
    expect(status).toMatchObject({recordId: first.recordId, logIndex: '0'});
    expect(Number(status['replicas'])).toBeGreaterThanOrEqual(2);
    expect(Number(status['height'])).toBeGreaterThan(1);
    const number = {device: person.deviceId, registration: 1, sequence: 1n};
    const {statuses} = await client.getRecordStatuses({numbers: [{...number, sequence: 2n}, number]});
    expect(statuses).toMatchObject([{found: false}, {found: true, state: 3, cid: status['cid'], logIndex: 0n}]);
    expect(toHex(statuses[1]?.recordId ?? new Uint8Array())).toBe(first.recordId);
    await expect(
      client.getRecordStatuses({numbers: Array.from({length: LIMITS.questionsAtOnce + 1}, () => number)}),
    ).rejects.toMatchObject({code: 'invalid-field'});
  });

  it('the same record again is nothing new; another one under its number is refused and alerted', async () => {
    const other = await person.accepted(1n, 'other');
    await post(first.value, person);
    await post(other.value, person);
    expect(await until(other.recordId, 'refused')).toMatchObject({refusal: {name: 'entryDuplicate'}});
    expect(await stateOf(first.recordId)).toMatchObject({state: 'anchored', logIndex: '0'});
    await eventually(() => {
      expect(alerts.map(({kind, subject}) => [kind, toHex(subject)])).toContainEqual([
        AlertKind.RECORD_REFUSED,
        other.recordId,
      ]);
    });
  });

  it('takes the next number', async () => {
    const next = await person.accepted(2n);
    await post(next.value, person);
    await until(next.recordId, 'anchored');
  });

  it('a record that the ledger refuses for good is refused with the reason, and alerted', async () => {
    const early = await person.accepted(3n, 'early', person.slot - 5_000);
    await post(early.value, person);
    expect(await until(early.recordId, 'refused')).toMatchObject({refusal: {name: 'entrySlot'}});
    await eventually(() => {
      expect(alerts.map(({subject}) => toHex(subject))).toContain(early.recordId);
    });
  });

  it('anchors a number that the device gives up, and the refused record under it counts as skipped', async () => {
    await producer.send(TOPICS.recordsAccepted, [
      {key: person.id, value: person.skip(3n)},
      {key: person.id, value: person.skip(4n)},
    ]);
    await eventually(
      async () => {
        const numbers = [3n, 4n].map((sequence) => ({device: person.deviceId, registration: 1, sequence}));
        const skipped = {found: true, state: 5};
        expect((await client.getRecordStatuses({numbers})).statuses).toMatchObject([skipped, skipped]);
      },
      20_000,
      200,
    );
  });

  it('hands out what a decision permits: keys from policy first, ciphertexts with the right hash', async () => {
    const txId = await person.requestOwn();
    const response = await release(person, txId);
    expect([response.status, response.headers.get('content-type')]).toEqual([
      200,
      'application/vnd.vitalvault.release.v1+protobuf',
    ]);
    const page = decodeCanonical(ReleasePageSchema, new Uint8Array(await response.arrayBuffer()));
    expect(toHex(page.txId)).toBe(txId);
    expect(page.records.map(({logIndex}) => logIndex)).toEqual([0n, 1n]);
    expect(page.nextPage).toBe('');
    for (const record of page.records) {
      expect(toHex(sha256Of(record.ciphertext))).toBe(toHex(record.ciphertextHash));
      expect(toHex(record.deviceKey)).toBe(toHex(person.device.publicKey));
    }
    expect(Buffer.from(page.records[0]?.ciphertext ?? [])).toEqual(Buffer.from(first.ciphertext));
    const request = asked.at(-1);
    expect(request?.records).toHaveLength(2);
    expect(Buffer.from(request?.signedRequest ?? []).toString()).toContain('POST /v1/releases HTTP/1.1');
  });

  it('releases nothing to anybody else, to nobody, or for a request that is not there', async () => {
    const txId = await person.requestOwn();
    const stranger = await Person.enrolled(world);
    expect(await codeOf(await release(stranger, txId))).toBe('not-yours');
    expect(await codeOf(await release(person, 'ab'.repeat(32)))).toBe('tx-not-found');
    const unsigned = await fetch(`${url}/v1/releases`, {
      method: 'POST',
      body: JSON.stringify({txId}),
      headers: {'content-type': 'application/json'},
    });
    expect(await codeOf(unsigned)).toBe('signature-missing');
  });

  it.each(['notify-unavailable', 'behind', 'permit-ended', 'release-limit'] as const)(
    'releases nothing when policy says %s',
    async (code) => {
      const txId = await person.requestOwn();
      policyFails = new DomainError(code);
      expect(await codeOf(await release(person, txId))).toBe(code);
      policyFails = undefined;
    },
  );

  it('never serves a block whose bytes were flipped: another peer answers, the patient is alerted', async () => {
    const txId = await person.requestOwn();
    const digest = sha256Of(first.ciphertext);
    const flipped = await flipBlock(join(engines.data, 'ipfs', '0'), first.ciphertext);
    expect(flipped).toBeGreaterThan(0);
    const response = await release(person, txId);
    const page = decodeCanonical(ReleasePageSchema, new Uint8Array(await response.arrayBuffer()));
    expect(Buffer.from(page.records[0]?.ciphertext ?? [])).toEqual(Buffer.from(first.ciphertext));
    await eventually(() => {
      const found = alerts.find(({kind}) => kind === AlertKind.STORAGE_CORRUPT);
      expect(toHex(found?.subject ?? new Uint8Array())).toBe(`01551220${toHex(digest)}`);
    });
    // The damaged copy is written anew on the very peer that had it, and no pin of the repair stays.
    const cid = String((await stateOf(first.recordId))['cid']);
    await eventually(
      async () => {
        expect(
          await new KuboClient({gatewayUrl: engines.endpoints.kubo[0] ?? '', index: 0}).blockGet(cid, {
            timeoutMs: 2_000,
            maxBytes: 65_536,
          }),
        ).toMatchObject({outcome: 'served'});
        expect(
          Object.values((await new IpfsClusterClient({urls: engines.endpoints.ipfsCluster}).status(cid)).peers),
        ).not.toContain('pinned');
      },
      30_000,
      300,
    );
  });

  it('uses no answer of a permit up while IPFS is away: policy is not even asked', async () => {
    const txId = await person.requestOwn();
    for (const name of ['kubo-0', 'kubo-1', 'kubo-2']) await engines.control('kill', name);
    const before = asked.length;
    for (let i = 0; i < 4; i++) expect(await codeOf(await release(person, txId))).toBe('ipfs-unavailable');
    expect(asked).toHaveLength(before);
    for (const name of ['kubo-0', 'kubo-1', 'kubo-2']) await engines.control('start', name);
    await eventually(
      async () => {
        expect((await release(person, txId)).status).toBe(200);
      },
      30_000,
      500,
    );
    expect(asked).toHaveLength(before + 1);
  });

  it('releases nothing and says who is away when policy is', async () => {
    const txId = await person.requestOwn();
    await policy.close();
    const response = await release(person, txId);
    expect(response.status).toBe(503);
    expect(await codeOf(response)).toBe('policy-unavailable');
    // Everything but releases goes on, once IPFS Cluster has heard again of the peers that were away.
    await eventually(
      async () => {
        expect(await readiness()).toMatchObject([
          200,
          {status: 'ok', degraded: [{part: 'policy', reason: expect.stringMatching(/^policy-unavailable/) as string}]},
        ]);
      },
      60_000,
      500,
    );
  });

  it('answers for its records without IPFS Cluster and chain, says since when, where and why, and takes them up again', async () => {
    const waiting = await person.accepted(50n, 'waiting');
    const away = ['cluster-0', 'cluster-1', 'cluster-2', 'comet-0'];
    for (const name of away) await engines.control('kill', name);
    await post(waiting.value, person);
    await until(waiting.recordId, 'accepted');
    const since = expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string;
    await eventually(
      async () => {
        const [status, body] = await readiness();
        const {degraded = []} = body as {degraded?: {part: string}[]};
        const part = (name: string): object | undefined => degraded.find((one) => one.part === name);
        expect(status).toBe(200);
        expect(part('ipfs')).toMatchObject({since, reason: expect.stringMatching(/^ipfs-unavailable/) as string});
        // What it does in the background says for itself that it fails, and why.
        expect(part('storing')).toMatchObject({since, reason: expect.stringMatching(/^ipfs-unavailable/) as string});
        expect(part('ledger')).toMatchObject({
          since,
          at: expect.stringMatching(/^\d+$/) as string,
          reason: expect.stringContaining('no node of LEDGER_RPC') as string,
        });
      },
      60_000,
      500,
    );
    const numbers = [{device: person.deviceId, registration: 1, sequence: 50n}];
    expect((await client.getRecordStatuses({numbers})).statuses).toMatchObject([{found: true}]);
    for (const name of away) await engines.control('start', name);
    await eventually(
      async () => {
        const {degraded = []} = (await readiness())[1] as {degraded?: {part: string}[]};
        expect(degraded.map(({part}) => part)).not.toContainEqual(expect.stringMatching(/ipfs|storing|ledger/));
      },
      90_000,
      500,
    );
  }, 240_000);

  it('is not ready without its database, says so, and is again when that and Kafka are back', async () => {
    await database.end();
    const away = ['kafka', 'postgres'];
    for (const name of away) await engines.control('kill', name);
    await eventually(
      async () => {
        expect(await readiness()).toMatchObject([
          503,
          {reasons: {database: expect.stringMatching(/^database-unavailable/) as string}},
        ]);
      },
      60_000,
      500,
    );
    for (const name of away) await engines.control('start', name);
    database = new pg.Client({connectionString: engines.databaseUrl('vv_storage')});
    await database.connect();
    await eventually(
      async () => {
        expect(await readiness()).toMatchObject([200, {status: 'ok'}]);
      },
      90_000,
      500,
    );
  }, 240_000);

  it('loses nothing and anchors nothing twice when it is killed again and again under load', async () => {
    const busy = await Person.enrolled(world);
    const records = await Promise.all(
      Array.from({length: 120}, (_, index) => busy.accepted(BigInt(index + 1), `r${String(index)}`)),
    );
    for (const [index, {value}] of records.entries()) {
      await post(value, busy);
      if (index === 40 || index === 80) {
        await engines.control('kill', 'storage');
        await engines.control('start', 'storage');
      }
    }
    await eventually(
      async () => {
        const {rows} = await database.query<{state: number; count: string}>(
          'SELECT state, count(*) FROM records WHERE patient = $1 GROUP BY state',
          [toHex(busy.id)],
        );
        expect(rows).toEqual([{state: 3, count: '120'}]);
      },
      90_000,
      500,
    );
    const {rows} = await database.query<{n: string; distinct: string; top: string}>(
      'SELECT count(*) AS n, count(DISTINCT log_index) AS distinct, max(log_index) AS top FROM records WHERE patient = $1',
      [toHex(busy.id)],
    );
    expect(rows[0]).toEqual({n: '120', distinct: '120', top: '119'});
    const left = await database.query('SELECT 1 FROM waiting_ciphertexts');
    expect(left.rowCount).toBe(0);
  }, 180_000);

  // Last: what every step above wrote is there.
  it('told nobody whose records they were: no id is in a log line, span or metric of storage', async () => {
    const {rows} = await database.query<{id: string}>(
      'SELECT DISTINCT unnest(ARRAY[record_id, cid, tx_id, patient, device]) AS id FROM records',
    );
    const ids = Object.fromEntries(rows.flatMap(({id}) => (typeof id === 'string' ? [[id, id] as const] : [])));
    const {management, processes, traces = ''} = engines.endpoints;
    const log = await readFile(processes['storage']?.log ?? '', 'utf8');
    const metrics = await (await fetch(`${management['storage'] ?? ''}/metrics`)).text();
    const spans = await readFile(traces, 'utf8');
    expect([log, metrics, spans].map((text) => text.length > 1_000)).toEqual([true, true, true]);
    for (const said of ['anchored', 'block corrupt', 'block repaired']) expect(log).toContain(`"msg":"${said}"`);
    expect(idsIn(`${log}${metrics}${spans}`, ids)).toEqual([]);
    // The search sees what is there.
    const first = Object.keys(ids).slice(0, 1);
    expect(idsIn(`${log}{"msg":"${String(first)}"}`, ids)).toEqual(first);
  });
});
