import {
  LIMITS,
  ORG_ROLE,
  TOPICS,
  build,
  decodeCanonical,
  encodeCanonical,
  equalBytes,
  toHex,
} from '@vitalvault/contracts';
import {LedgerEventSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {PostedRecordSchema, PostedRecordsSchema, SigningKeySchema} from '@vitalvault/contracts/gen/record/v1/record';
import type {PostedRecord} from '@vitalvault/contracts/gen/record/v1/record';
import {generateSigningKey, recordIdOfPosted} from '@vitalvault/envelope';
import {startService} from '@vitalvault/http';
import {testGenesis} from '@vitalvault/ledger-state/testing';
import type {HttpService} from '@vitalvault/http';
import {KafkaProducer, createTopics} from '@vitalvault/kafka-bus';
import {createLogger, startTelemetry} from '@vitalvault/process';
import type {RunningService, Telemetry} from '@vitalvault/process';
import {ManagedHost} from '@vitalvault/process/testing';
import {InMemorySpanExporter} from '@opentelemetry/sdk-trace';
import {eventually, freePort, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {Kafka, logLevel} from 'kafkajs';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {ingestConfig} from '../src/config.js';
import type {IngestConfig} from '../src/config.js';
import {ingest} from '../src/service.js';
import {others, startOthers} from './support/fake-services.js';
import {CHAIN, SLOT, device, organisation, patient, random, record, releaseKey} from './support/records.js';

export const ONE = 'application/vnd.vitalvault.record.v1+protobuf';
export const MANY = 'application/vnd.vitalvault.records.v1+protobuf';

/** One entry of the answer to POST /v1/records. */
export interface Entry {
  status: string;
  recordId: string;
  receipt: string;
  location: string;
  problem?: {code: string; remedy: string};
}

/** ingest with a real Kafka; policy and storage are servers of the test's own (`others`). */
export class IngestSystem {
  readonly ingestKey = generateSigningKey(random);
  readonly exporter = new InMemorySpanExporter();
  readonly telemetry: Telemetry = startTelemetry({
    service: 'spec',
    otlpUrl: 'http://127.0.0.1:1',
    exporter: this.exporter,
  });
  /** Of the newest record of `fresh`. */
  sequence = 0n;
  url = '';
  httpPort = 0;
  engines!: Engines;
  producer!: KafkaProducer;
  host!: ManagedHost<IngestConfig>;
  #grpcPort = 0;
  #others!: HttpService;
  #running!: RunningService;
  readonly #logger = createLogger({service: 'spec', level: 'error'});

  async start(): Promise<void> {
    const engines = await startEngines({only: ['kafka']});
    this.engines = engines;
    const kafka = {brokers: [engines.endpoints.kafka], clientId: 'spec', logger: this.#logger};
    this.#writeFiles();
    this.producer = new KafkaProducer(kafka);
    await createTopics({...kafka, topics: [{topic: TOPICS.recordsAccepted}, {topic: TOPICS.ledgerEvents}]});
    [this.httpPort, this.#grpcPort] = [await freePort(), await freePort()];
    this.url = `http://127.0.0.1:${String(this.httpPort)}`;
    await this.startOthers();
    this.host = new ManagedHost(this.settings(), this.#logger);
    this.#running = await startService(ingest, this.host);
    this.host.readiness.started = true;
    await eventually(async () => expect((await this.host.readyz())[0]).toBe(200), 30_000);
  }

  async stop(): Promise<void> {
    await this.#running.close();
    await this.host.close();
    await this.stopOthers();
    await this.producer.close();
    await this.telemetry.shutdown();
    await this.engines.stop();
  }

  async startOthers(): Promise<void> {
    const {engines, producer} = this;
    this.#others = await startOthers({kafka: engines.endpoints.kafka, grpcPort: this.#grpcPort, producer});
  }

  stopOthers(): Promise<void> {
    return this.#others.close();
  }

  settings(given: Record<string, unknown> = {}) {
    return ingestConfig.parse({
      httpPort: this.httpPort,
      chainId: CHAIN,
      genesisFile: join(this.engines.data, 'spec-genesis.json'),
      organisation: toHex(organisation),
      kafkaBrokers: this.engines.endpoints.kafka,
      otlpUrl: 'http://127.0.0.1:1',
      ingestKeyFile: join(this.engines.data, 'ingest.json'),
      policyGrpc: `127.0.0.1:${String(this.#grpcPort)}`,
      storageGrpc: `127.0.0.1:${String(this.#grpcPort)}`,
      bodyTimeoutMs: 1_500,
      factsTtlMs: 3_600_000,
      deviceBurst: 60,
      deviceRefillPerSecond: 40,
      ...given,
    });
  }

  /** How many processes of ingest are in a group of Kafka's. */
  async members(): Promise<number> {
    const admin = new Kafka({brokers: [this.engines.endpoints.kafka], logLevel: logLevel.NOTHING}).admin();
    await admin.connect();
    try {
      const own = (await admin.listGroups()).groups.filter(({groupId}) => groupId.startsWith('vv-ingest-'));
      const {groups} = await admin.describeGroups(own.map(({groupId}) => groupId));
      return groups.flatMap(({state, members}) => (state === 'Stable' ? members : [])).length;
    } finally {
      await admin.disconnect();
    }
  }

  /** The ledger has removed the device, or has it as before: policy says so when it is asked, and tells it. */
  async removeDevice(isRemoved = true): Promise<void> {
    const distrustFromSlot = isRemoved ? SLOT : 0;
    others.registered = {...others.registered, removedAtTime: isRemoved ? 1n : 0n, distrustFromSlot};
    const accessLeaf = encodeCanonical(AccessLeafSchema, {
      index: 1n,
      event: {case: 'deviceRemoved', value: {device, registration: 1, distrustFromSlot: SLOT}},
    });
    const value = encodeCanonical(LedgerEventSchema, {height: 9n, patient, accessLeaf});
    await this.producer.send(TOPICS.ledgerEvents, [{key: patient, value}]);
  }

  /** A record of the next number. */
  fresh = (header: Parameters<typeof record>[0] = {}, posted: Parameters<typeof record>[1] = {}): PostedRecord => {
    const sequence = ++this.sequence;
    return record({sequence, tagSequence: sequence, ...header}, posted);
  };

  post = (body: Uint8Array, type = ONE, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${this.url}/v1/records`, {
      method: 'POST',
      body: Buffer.from(body),
      headers: {'content-type': type, ...headers},
    });

  #writeFiles(): void {
    const {publicKey, privateKey} = this.ingestKey;
    const genesis = decodeCanonical(GenesisSchema, testGenesis(['hospital', 'clinic']));
    for (const entry of genesis.organisations.find(({id}) => equalBytes(id, organisation))?.keys ?? []) {
      if (entry.role === ORG_ROLE.release) entry.key = build(SigningKeySchema, releaseKey);
      if (entry.role === ORG_ROLE.ingest) entry.key = build(SigningKeySchema, {alg: 1, publicKey});
    }
    writeFileSync(
      join(this.engines.data, 'spec-genesis.json'),
      JSON.stringify({
        chain_id: CHAIN,
        genesis_time: '2026-01-01T00:00:00Z',
        consensus_params: {
          block: {max_bytes: String(LIMITS.cometBlockBytes)},
          evidence: {max_bytes: String(LIMITS.cometEvidenceBytes)},
          abci: {vote_extensions_enable_height: '0'},
        },
        validators: [],
        app_state: Buffer.from(encodeCanonical(GenesisSchema, genesis)).toString('base64'),
      }),
    );
    writeFileSync(
      join(this.engines.data, 'ingest.json'),
      JSON.stringify({alg: 1, publicKey: toHex(publicKey), privateKey: toHex(privateKey)}),
      {mode: 0o600},
    );
  }
}

export const one = (posted: PostedRecord): Buffer => Buffer.from(encodeCanonical(PostedRecordSchema, posted));
export const many = (...records: PostedRecord[]): Buffer =>
  Buffer.from(encodeCanonical(PostedRecordsSchema, {records}));
export const entriesOf = async (response: Response): Promise<Entry[]> =>
  ((await response.json()) as {records: Entry[]}).records;

/** Status and code of a problem document. */
export const problemOf = async (response: Response): Promise<[number, string]> => {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = (await response.json()) as {type: string; code: string; remedy: string; instance: string};
  expect(problem).toMatchObject({
    type: `https://vitalvault.dev/errors/${problem.code}`,
    remedy: expect.any(String),
    instance: expect.stringMatching(/^[0-9a-f]{32}$/),
  });
  return [response.status, problem.code];
};

/** How often a record is in Kafka. */
export const inKafka = (posted: PostedRecord): number => others.counts.get(toHex(recordIdOfPosted(posted))) ?? 0;
