import {expect} from '@jest/globals';
import {Controller, Module} from '@nestjs/common';
import {GrpcMethod} from '@nestjs/microservices';
import {TOPICS, decodeCanonical, keyId, toHex} from '@vitalvault/contracts';
import {AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {Alert} from '@vitalvault/contracts/gen/events/v1/events';
import {PolicyService} from '@vitalvault/contracts/gen/policy/v1/policy';
import type {ReleaseKeysRequest} from '@vitalvault/contracts/gen/policy/v1/policy';
import {StorageService} from '@vitalvault/contracts/gen/storage/v1/storage';
import type {DomainError} from '@vitalvault/errors';
import {grpcClient, grpcOptions} from '@vitalvault/grpc';
import type {GrpcClient} from '@vitalvault/grpc';
import {createHttpService, signRequest} from '@vitalvault/http';
import type {HttpService} from '@vitalvault/http';
import {KafkaProducer} from '@vitalvault/kafka-bus';
import {createLogger} from '@vitalvault/process';
import {eventually, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {Kafka, logLevel} from 'kafkajs';
import type {Consumer} from 'kafkajs';
import {randomBytes} from 'node:crypto';
import pg from 'pg';
import {World} from './people.js';
import type {Person} from './people.js';

const logger = createLogger({service: 'spec', level: 'error'});

/** What was asked of policy, and how it is to fail. */
const told: {asked: ReleaseKeysRequest[]; fails: DomainError | undefined} = {asked: [], fails: undefined};

// policy has specs of its own: here it is whoever answers ReleaseKeys.
@Controller()
class StandInPolicy {
  @GrpcMethod('PolicyService', 'ReleaseKeys')
  releaseKeys(request: ReleaseKeysRequest): object {
    if (told.fails !== undefined) throw told.fails;
    told.asked.push(request);
    return {bundle: Uint8Array.of(1, 2, 3), verifiedAtHeight: 1n};
  }
}

@Module({controllers: [StandInPolicy]})
class StandInPolicyModule {}

interface Parts {
  readonly engines: Engines;
  readonly world: World;
  readonly policy: HttpService;
  readonly client: GrpcClient<typeof StorageService>;
  readonly producer: KafkaProducer;
  readonly consumer: Consumer;
}

/** A storage over real engines and one validator, and what is around it. */
export class StorageSystem {
  database: pg.Client;
  /** In the order in which they came. */
  readonly alerts: Alert[] = [];
  readonly policy: typeof told & {close: () => Promise<void>};

  private constructor(private readonly parts: Parts) {
    this.policy = Object.assign(told, {close: () => parts.policy.close()});
    this.database = this.#client();
  }

  static async start(): Promise<StorageSystem> {
    const engines = await startEngines({only: ['engines', 'validators', 'storage'], validators: 1});
    const portOf = (service: string): string =>
      String(Number(new URL(engines.endpoints.services[service] ?? '').port) + 1);
    const policy = await createHttpService({
      module: StandInPolicyModule,
      logger,
      host: '127.0.0.1',
      httpPort: 0,
      microservices: [grpcOptions({services: [PolicyService], url: `127.0.0.1:${portOf('policy')}`})],
    });
    await policy.listen();
    const at = {url: `127.0.0.1:${portOf('storage')}`, unavailable: 'storage-unavailable'} as const;
    const kafka = new Kafka({brokers: [engines.endpoints.kafka], logLevel: logLevel.NOTHING});
    const system = new StorageSystem({
      engines,
      policy,
      client: grpcClient(StorageService, at),
      world: await World.of(engines),
      producer: new KafkaProducer({brokers: [engines.endpoints.kafka], clientId: 'spec', logger}),
      consumer: kafka.consumer({groupId: 'spec', maxWaitTimeInMs: 200}),
    });
    await system.database.connect();
    await system.#listen();
    return system;
  }

  async stop(): Promise<void> {
    await this.parts.consumer.disconnect();
    await this.producer.close();
    this.client.close();
    await this.database.end();
    await this.world.close();
    await this.policy.close();
    await this.engines.stop();
  }

  get engines(): Engines {
    return this.parts.engines;
  }

  get world(): World {
    return this.parts.world;
  }

  get client(): GrpcClient<typeof StorageService> {
    return this.parts.client;
  }

  get producer(): KafkaProducer {
    return this.parts.producer;
  }

  get url(): string {
    return this.engines.endpoints.services['storage'] ?? '';
  }

  /** After it was away. */
  async openDatabase(): Promise<void> {
    this.database = this.#client();
    await this.database.connect();
  }

  post(value: Uint8Array, person: Person): Promise<void> {
    return this.producer.send(TOPICS.recordsAccepted, [{key: person.id, value}]);
  }

  async stateOf(recordId: string): Promise<Record<string, unknown>> {
    return (await fetch(`${this.url}/v1/records/${recordId}/status`)).json() as Promise<Record<string, unknown>>;
  }

  until(recordId: string, state: string, timeoutMs = 30_000): Promise<Record<string, unknown>> {
    return eventually(
      async () => {
        const found = await this.stateOf(recordId);
        expect(found['state']).toBe(state);
        return found;
      },
      timeoutMs,
      200,
    );
  }

  release(person: Person, txId: string, page?: string): Promise<Response> {
    const body = Buffer.from(JSON.stringify({txId, ...(page === undefined ? {} : {page})}));
    const headers = signRequest({
      method: 'POST',
      target: '/v1/releases',
      body,
      organisation: toHex(this.world.organisation),
      keyId: toHex(keyId({alg: 1, publicKey: person.signing.publicKey})),
      privateKey: person.signing.privateKey,
      nonce: randomBytes(16).toString('base64url'),
      created: Math.floor(Date.now() / 1_000),
    });
    return fetch(`${this.url}/v1/releases`, {
      method: 'POST',
      body,
      headers: {...headers, 'content-type': 'application/json'},
    });
  }

  /** Status and body of `/readyz`. */
  async readiness(): Promise<[number, unknown]> {
    const response = await fetch(`${this.engines.endpoints.management['storage'] ?? ''}/readyz`);
    return [response.status, await response.json()];
  }

  async #listen(): Promise<void> {
    const {consumer} = this.parts;
    await consumer.connect();
    await consumer.subscribe({topics: [TOPICS.alerts], fromBeginning: true});
    await consumer.run({
      eachMessage: ({message}) =>
        Promise.resolve(void this.alerts.push(decodeCanonical(AlertSchema, message.value ?? new Uint8Array()))),
    });
  }

  #client(): pg.Client {
    return new pg.Client({connectionString: this.engines.databaseUrl('vv_storage')});
  }
}

export const codeOf = async (response: Response): Promise<unknown> => ((await response.json()) as {code: unknown}).code;
