import {NotifyService} from '@vitalvault/contracts/gen/notify/v1/notify';
import {TOPICS, toHex} from '@vitalvault/contracts';
import {KafkaProducer, createTopics} from '@vitalvault/kafka-bus';
import {grpcClient} from '@vitalvault/grpc';
import {startService} from '@vitalvault/http';
import type {GrpcClient} from '@vitalvault/grpc';
import {runMigrations} from '@vitalvault/postgres';
import {createLogger} from '@vitalvault/process';
import type {RunningService} from '@vitalvault/process';
import {ManagedHost} from '@vitalvault/process/testing';
import {eventually, freePort, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import {notifyConfig} from '../src/config.js';
import type {NotifyConfig} from '../src/config.js';
import {notify} from '../src/service.js';
import {Patient, organisation, random} from './support/people.js';

/** An alert as the API answers it. */
export interface AlertJson {
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

/** notify with a real Kafka and PostgreSQL; the test is the ledger and policy. */
export class NotifySystem {
  url = '';
  engines!: Engines;
  producer!: KafkaProducer;
  host!: ManagedHost<NotifyConfig>;
  notify!: GrpcClient<typeof NotifyService>;
  #ports: [number, number] = [0, 0];
  #running!: RunningService;
  readonly #logger = createLogger({service: 'spec', level: 'error'});

  async start(): Promise<void> {
    this.engines = await startEngines({only: ['kafka', 'postgres']});
    await runMigrations({
      databaseUrl: this.engines.databaseUrl('vv_notify'),
      dir: join(import.meta.dirname, '..', 'prisma', 'migrations'),
    });
    const kafka = {brokers: [this.engines.endpoints.kafka], clientId: 'spec', logger: this.#logger};
    await createTopics({...kafka, topics: [{topic: TOPICS.alerts}, {topic: TOPICS.ledgerEvents}]});
    const [httpPort, grpcPort] = (this.#ports = [await freePort(), await freePort()]);
    this.url = `http://127.0.0.1:${String(httpPort)}`;
    this.producer = new KafkaProducer(kafka);
    this.notify = grpcClient(NotifyService, {url: `127.0.0.1:${String(grpcPort)}`, unavailable: 'notify-unavailable'});
    await this.startNotify();
    await eventually(async () => expect((await this.host.readyz())[0]).toBe(200), 30_000);
  }

  async stop(): Promise<void> {
    this.notify.close();
    await this.stopNotify();
    await this.producer.close();
    await this.engines.stop();
  }

  async startNotify(): Promise<void> {
    const [httpPort, grpcPort] = this.#ports;
    this.host = new ManagedHost(
      notifyConfig.parse({
        httpPort,
        grpcPort,
        organisation: toHex(organisation),
        kafkaBrokers: this.engines.endpoints.kafka,
        databaseUrl: this.engines.databaseUrl('vv_notify'),
        otlpUrl: 'http://127.0.0.1:1',
        webhookAllowLoopback: 'true',
        webhookTimeoutMs: 500,
        keepAliveMs: 300,
        eventStreamsOfPatient: 2,
      }),
      this.#logger,
    );
    this.#running = await startService(notify, this.host);
    this.host.readiness.started = true;
  }

  async stopNotify(): Promise<void> {
    await this.#running.close();
    await this.host.close();
  }

  /** What the ledger tells of a patient. */
  tell = (patient: Patient, ...values: Uint8Array[]): Promise<void> =>
    this.producer.send(
      TOPICS.ledgerEvents,
      values.map((value) => ({key: patient.id, value})),
    );

  /** A request that the patient signs. */
  call = (patient: Patient, method: string, target: string, json?: object): Promise<Response> => {
    const body = json === undefined ? undefined : Buffer.from(JSON.stringify(json));
    return fetch(this.url + target, {
      method,
      headers: {
        ...patient.sign(method, target, body),
        ...(body === undefined ? {} : {'content-type': 'application/json'}),
      },
      ...(body === undefined ? {} : {body}),
    });
  };

  alertsOf = async (patient: Patient, query = ''): Promise<AlertJson[]> => {
    const response = await this.call(patient, 'GET', `/v1/alerts${query}`);
    if (response.status !== 200) throw new Error(`${String(response.status)} ${await response.text()}`);
    return ((await response.json()) as {alerts: AlertJson[]}).alerts;
  };

  /** A patient of whom notify knows. */
  known = async (): Promise<Patient> => {
    const patient = new Patient();
    await this.tell(patient, patient.enrolled());
    await eventually(() => this.alertsOf(patient));
    return patient;
  };
}

export const codeOf = async (response: Response): Promise<[number, string]> => [
  response.status,
  ((await response.json()) as {code: string}).code,
];

/** A decision about an access. */
export const access = (permit: boolean): {reader: Uint8Array; permit: boolean; txId: Uint8Array} => ({
  reader: random(20),
  permit,
  txId: random(32),
});
