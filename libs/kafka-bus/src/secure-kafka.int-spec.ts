import {Controller, Module} from '@nestjs/common';
import {EventPattern, Payload} from '@nestjs/microservices';
import {createHttpService} from '@vitalvault/http';
import {Standstill, createLogger, startMetrics} from '@vitalvault/process';
import {eventually, metricValues, startEngines, startSecureKafka, testCertificates} from '@vitalvault/testkit';
import type {Engines, SecureKafka, TestCertificates} from '@vitalvault/testkit';
import {AclOperationTypes, AclPermissionTypes, AclResourceTypes, Kafka, ResourcePatternTypes, logLevel} from 'kafkajs';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {createTopics} from './create-topics.js';
import {kafkaAccess} from './kafka-access.js';
import type {KafkaAccessSettings} from './kafka-access.js';
import type {KafkaOptions} from './kafka-connection.js';
import {KafkaProducer} from './kafka-producer.js';
import {KAFKA_BUS} from './kafka-record.js';
import {KafkaServer} from './kafka-server.js';
import {TopicsAtHand} from './topics-at-hand.js';

const TOPIC = 'vv.secure.v1';
const GROUP = 'vv-secure';
const PASSWORD = 'correct-horse';
const seen: string[] = [];
const metrics = startMetrics({service: 'spec'});
const standstill = new Standstill({part: 'spec', logger: createLogger({service: 'spec', level: 'error'})});

@Controller()
class SpecController {
  @EventPattern<string>(TOPIC, KAFKA_BUS)
  take(@Payload() value: Uint8Array): void {
    seen.push(Buffer.from(value).toString());
  }
}

@Module({controllers: [SpecController]})
class SpecModule {}

describe('a broker that asks for TLS and SASL, where this user may create nothing', () => {
  let engines: Engines;
  let kafka: SecureKafka;
  let certificates: TestCertificates;
  let foreign: TestCertificates;
  const lines: string[] = [];
  const logger = createLogger({service: 'spec', level: 'debug', destination: {write: (line) => void lines.push(line)}});
  const file = (name: string, text: string): string => {
    writeFileSync(join(engines.data, name), text, {mode: 0o600});
    return join(engines.data, name);
  };
  const optionsOf = (given: Partial<KafkaAccessSettings> = {}): KafkaOptions => ({
    ...kafkaAccess({
      kafkaBrokers: [kafka.broker],
      kafkaTls: true,
      kafkaCaFile: certificates.ca,
      kafkaSaslMechanism: 'scram-sha-512',
      kafkaUsername: 'reader',
      kafkaPasswordFile: file('password', `${PASSWORD}\n`),
      ...given,
    }),
    clientId: 'spec',
    logger,
  });

  async function administer(): Promise<void> {
    await createTopics({
      brokers: [kafka.open],
      clientId: 'admin',
      logger,
      topics: [{topic: TOPIC, partitions: 2}],
      timeoutMs: 60_000,
    });
    const admin = new Kafka({brokers: [kafka.open], logLevel: logLevel.NOTHING}).admin();
    await admin.connect();
    const may = (user: string, resourceType: AclResourceTypes, resourceName: string, operation: AclOperationTypes) => ({
      resourceType,
      resourceName,
      operation,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal: `User:${user}`,
      host: '*',
      permissionType: AclPermissionTypes.ALLOW,
    });
    await admin.createAcls({
      acl: [
        may('writer', AclResourceTypes.TOPIC, TOPIC, AclOperationTypes.WRITE),
        may('reader', AclResourceTypes.TOPIC, TOPIC, AclOperationTypes.READ),
        may('reader', AclResourceTypes.GROUP, GROUP, AclOperationTypes.READ),
      ],
    });
    await admin.disconnect();
  }

  beforeAll(async () => {
    engines = await startEngines({only: ['kafka']});
    certificates = await testCertificates(join(engines.data, 'certificates'));
    foreign = await testCertificates(join(engines.data, 'foreign'));
    kafka = await startSecureKafka(engines, {certificates, users: {reader: PASSWORD, writer: PASSWORD}});
    await administer();
  });

  afterAll(async () => {
    await kafka.stop();
    await engines.stop();
    await metrics.shutdown();
  });

  it('sends and reads with SCRAM by the rights of install.md, and needs none to create topics that are there', async () => {
    const options = optionsOf();
    const writer = optionsOf({kafkaUsername: 'writer'});
    await createTopics({...writer, topics: [{topic: TOPIC}]});
    const topics = new TopicsAtHand({...options, topics: [{topic: TOPIC}]});
    await topics.ensure();
    expect(topics.reason()).toBeUndefined();
    const producer = new KafkaProducer(writer);
    const server = new KafkaServer({...options, standstill, groupId: GROUP, onStalled: () => undefined});
    const service = await createHttpService({
      module: SpecModule,
      logger,
      host: '127.0.0.1',
      httpPort: 0,
      microservices: [{strategy: server}],
    });
    await service.listen();
    await producer.check();
    await producer.send(TOPIC, [{key: Buffer.from('k'), value: Buffer.from('sealed')}]);
    await eventually(() => {
      expect([seen, server.reason()]).toEqual([['sealed'], undefined]);
    }, 30_000);
    const forger = new KafkaProducer(options);
    await expect(forger.send(TOPIC, [{key: Buffer.from('k'), value: Buffer.from('forged')}])).rejects.toMatchObject({
      code: 'bus-unavailable',
    });
    await forger.close();
    expect(seen).toEqual(['sealed']);
    const ends = await metricValues(metrics, 'vitalvault_certificate_remaining_seconds');
    expect(Object.keys(ends)).toEqual(['kafka authority', 'kafka server']);
    await service.close();
    await producer.close();
  });

  it('speaks PLAIN under TLS too', async () => {
    const producer = new KafkaProducer(optionsOf({kafkaSaslMechanism: 'plain'}));
    await producer.check();
    await producer.close();
  });

  it('says which topics somebody else must create, and how', async () => {
    const topics = [{topic: TOPIC}, {topic: 'vv.missing.v1', retentionMs: 86_400_000}];
    await expect(createTopics({...optionsOf(), topics})).rejects.toMatchObject({
      code: 'bus-unavailable',
      detail: expect.stringMatching(
        /^This user may not create topics\. Somebody must create: vv\.missing\.v1 with 4 partitions, cleanup\.policy=delete, retention\.ms=86400000, compression\.type=uncompressed; and let it describe them\.$/,
      ) as string,
    });
    const atHand = new TopicsAtHand({...optionsOf(), topics});
    const work = atHand.ensure();
    await eventually(() => {
      expect(atHand.reason()).toContain('vv.missing.v1 with 4 partitions');
    }, 10_000);
    atHand.stop();
    await work;
  });

  it.each<[string, () => KafkaOptions, string]>([
    [
      'a wrong password',
      () => optionsOf({kafkaPasswordFile: file('wrong', 'battery-staple')}),
      'the user name or password was refused',
    ],
    [
      'a wrong password, PLAIN',
      () => optionsOf({kafkaSaslMechanism: 'plain', kafkaPasswordFile: file('wrong', 'battery-staple')}),
      'the user name or password was refused',
    ],
    [
      'an authority that did not sign the broker',
      () => optionsOf({kafkaCaFile: foreign.ca}),
      'its certificate is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
    ],
    [
      'authorities of Node only',
      () => optionsOf({kafkaCaFile: undefined}),
      'its certificate is not trusted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
    ],
    [
      'a name that the certificate does not have',
      () => optionsOf({kafkaBrokers: [kafka.broker.replace('127.0.0.1', 'localhost')]}),
      'its certificate is not trusted (ERR_TLS_CERT_ALTNAME_INVALID)',
    ],
  ])('refuses %s and says so', async (_what, options, reason) => {
    await expect(createTopics({...options(), topics: [{topic: TOPIC}], timeoutMs: 500})).rejects.toMatchObject({
      code: 'bus-unavailable',
      detail: `Kafka: ${reason}.`,
    });
    const producer = new KafkaProducer(options());
    const server = new KafkaServer({...options(), standstill, groupId: GROUP, onStalled: () => undefined});
    const service = await createHttpService({
      module: SpecModule,
      logger,
      host: '127.0.0.1',
      httpPort: 0,
      microservices: [{strategy: server}],
    });
    await service.listen();
    service.readiness.add('kafka', () => server.reason());
    service.readiness.add('producer', () => producer.check());
    await eventually(async () => {
      expect((await service.readiness.look()).reasons).toEqual({
        kafka: `not in the consumer group: ${reason}`,
        producer: `bus-unavailable: ${reason}`,
      });
    }, 15_000);
    await service.close();
    await producer.close();
  });

  it('never logs a password', () => {
    expect(lines.length).toBeGreaterThan(10);
    expect(lines.join('')).not.toMatch(/correct-horse|battery-staple/);
  });
});
