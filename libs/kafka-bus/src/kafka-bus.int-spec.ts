import {Controller, Module} from '@nestjs/common';
import {Ctx, EventPattern, Payload} from '@nestjs/microservices';
import {DomainError} from '@vitalvault/errors';
import {createHttpService} from '@vitalvault/http';
import {Standstill, createLogger} from '@vitalvault/process';
import type {Advance} from '@vitalvault/process';
import type {HttpService} from '@vitalvault/http';
import {eventually, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {ConfigResourceTypes} from 'kafkajs';
import {createTopics} from './create-topics.js';
import {connectKafka} from './kafka-connection.js';
import {KafkaProducer} from './kafka-producer.js';
import {KAFKA_BUS, KafkaContext} from './kafka-record.js';
import type {KafkaRecord} from './kafka-record.js';
import {KafkaServer} from './kafka-server.js';
import type {KafkaServerOptions} from './kafka-server.js';
import type {OffsetStore} from './partitions.js';

const topic = 'vv.spec.v1';
const seen: string[] = [];
const stored = new Map<string, Advance>();
const offsets: OffsetStore = {
  load: (on, partition) => Promise.resolve(stored.get(`${on}/${String(partition)}`)?.to),
  all: () =>
    Promise.resolve([...stored.values()].map(({to, ...place}) => ({...place, position: to, stands: undefined}))),
  note: () => Promise.resolve(),
};
let handlingMs = 1;
let behaviour: (text: string) => Error | undefined = () => undefined;

@Controller()
class SpecController {
  @EventPattern<string>(topic, KAFKA_BUS, {batch: true})
  async take(@Payload() records: readonly KafkaRecord[], @Ctx() {advance}: KafkaContext): Promise<void> {
    for (const record of records) {
      const error = behaviour(text(record));
      if (error !== undefined) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, handlingMs));
    seen.push(...records.map(text));
    // A consumer without positions knows no cluster either.
    if (advance.to.cluster !== '') stored.set(`${advance.topic}/${String(advance.partition)}`, advance);
  }
}

@Module({controllers: [SpecController]})
class SpecModule {}

const text = (record: KafkaRecord): string => Buffer.from(record.value).toString();
const logger = createLogger({service: 'spec', level: 'error'});
const standing = (): Standstill =>
  new Standstill({part: 'kafka-consumer', logger: createLogger({service: 'spec', level: 'fatal'})});
const standstill = standing();
const message = (value: string): {key: Uint8Array; value: Uint8Array} => ({
  key: Buffer.from('k'),
  value: Buffer.from(value),
});

describe('kafka-bus over a real broker', () => {
  let engines: Engines;
  let producer: KafkaProducer;
  let brokers: string[];
  let stalled = 0;
  let last: KafkaServer | undefined;

  async function serve(
    more: Partial<Omit<KafkaServerOptions, 'offsets'>> & {offsets?: undefined} = {},
  ): Promise<HttpService> {
    const {offsets: _none, ...others} = more;
    const server = new KafkaServer({
      brokers,
      clientId: 'spec',
      groupId: 'spec',
      logger,
      ...('offsets' in more ? {} : {offsets}),
      standstill,
      retry: {attempts: 2, firstDelayMs: 10, maxDelayMs: 50},
      onStalled: () => stalled++,
      ...others,
    });
    last = server;
    const service = await createHttpService({
      module: SpecModule,
      logger,
      host: '127.0.0.1',
      httpPort: 0,
      microservices: [{strategy: server}],
    });
    await service.listen();
    await eventually(() => {
      if (server.reason() !== undefined) throw new Error('not joined');
    }, 30_000);
    return service;
  }

  beforeAll(async () => {
    engines = await startEngines({only: ['kafka']});
    brokers = [engines.endpoints.kafka];
    producer = new KafkaProducer({brokers, clientId: 'spec-producer', logger});
    await createTopics({brokers, clientId: 'spec', logger, topics: [{topic, partitions: 2}]});
  });

  afterAll(async () => {
    await producer.close();
    await engines.stop();
  });

  it('creates topics twice without complaint', async () => {
    await createTopics({brokers, clientId: 'spec', logger, topics: [{topic, partitions: 2}]});
  });

  it('brings messages in order, once, with offsets of our own; a second process goes on where the first stored', async () => {
    const first = await serve();
    await producer.send(topic, ['a', 'b', 'c'].map(message));
    await eventually(() => {
      expect(seen).toEqual(['a', 'b', 'c']);
    });
    await first.close();
    await producer.send(topic, [message('d')]);
    const second = await serve();
    await eventually(() => {
      expect(seen).toEqual(['a', 'b', 'c', 'd']);
    });
    await second.close();
  });

  it('ends what is in hand when it closes, and stores its place', async () => {
    const service = await serve();
    [handlingMs, seen.length] = [1_500, 0];
    await producer.send(topic, [message('e')]);
    await new Promise((resolve) => setTimeout(resolve, 800));
    expect(seen).toEqual([]);
    await service.close();
    expect(seen).toEqual(['e']);
    handlingMs = 1;
    seen.length = 0;
    const second = await serve();
    await producer.send(topic, [message('d')]);
    await eventually(() => {
      expect(seen).toEqual(['d']);
    });
    await second.close();
  });

  it('is not stalled by messages that were handled before it started, also when no store remembers that', async () => {
    const forgetful = {offsets: undefined, groupId: 'forgetful', stalledAfterMs: 3_000};
    seen.length = 0;
    const first = await serve(forgetful);
    await eventually(() => {
      expect(seen).toEqual(expect.arrayContaining(['a', 'b', 'c', 'd', 'e']));
    });
    await first.close();
    seen.length = 0;
    stalled = 0;
    const second = await serve(forgetful);
    await new Promise((resolve) => setTimeout(resolve, 9_000));
    expect([stalled, seen]).toEqual([0, []]);
    await second.close();
  });

  it('stands at a poisoned message, skips nothing, lets other partitions go on, and goes on when it can', async () => {
    seen.length = 0;
    let [away, poisoned] = [3, true];
    behaviour = (value) => {
      if (value === 'poison' && poisoned) return new DomainError('malformed');
      return value === 'later' && away-- > 0 ? new DomainError('database-unavailable') : undefined;
    };
    const service = await serve({stalledAfterMs: 20_000});
    await producer.send(topic, ['x', 'later', 'poison', 'y'].map(message));
    await eventually(() => {
      expect(seen).toEqual(['x', 'later']);
      expect(standstill.places).toMatchObject([{part: 'kafka-consumer', reason: 'malformed'}]);
    }, 20_000);
    expect(() => standstill.mustGoOn()).toThrow(/kafka-consumer stands at vv\.spec\.v1\/\d\/\d+\./);
    // Keys of every partition: those of the one that stands wait.
    const others = Array.from({length: 12}, (_, n) => ({
      key: Buffer.from(`k${String(n)}`),
      value: Buffer.from(`o${String(n)}`),
    }));
    await producer.send(topic, others);
    await eventually(() => {
      expect(seen.some((value) => value.startsWith('o'))).toBe(true);
    });
    await service.close();
    expect(seen).not.toContain('y');
    // A new process stands there too; one with new code goes on from that message.
    const newcomer = standing();
    const second = await serve({standstill: newcomer});
    await eventually(() => {
      expect(newcomer.places).toMatchObject(standstill.places.map(({part, at, reason}) => ({part, at, reason})));
      expect(newcomer.places).toHaveLength(1);
    }, 20_000);
    expect(seen).not.toContain('y');
    poisoned = false;
    await eventually(() => {
      expect(seen).toEqual(expect.arrayContaining(['poison', 'y', ...others.map(({value}) => value.toString())]));
      expect(newcomer.places).toEqual([]);
    }, 30_000);
    expect(seen.indexOf('poison')).toBeLessThan(seen.indexOf('y'));
    expect(new Set(seen).size).toBe(seen.length);
    await second.close();
    behaviour = () => undefined;
    expect(stalled).toBe(0);
  });

  it('from the end: takes what comes from now on, is not stalled by what lies there, and leaves no position', async () => {
    let begun = 0;
    const fromEnd = {offsets: undefined, groupId: 'from-end', stalledAfterMs: 3_000, fromEnd: () => begun++};
    [seen.length, stalled] = [0, 0];
    for (const value of ['new', 'newer']) {
      const service = await serve(fromEnd);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      await producer.send(topic, [message(value)]);
      await eventually(() => {
        expect(seen).toContain(value);
      });
      await new Promise((resolve) => setTimeout(resolve, 4_500));
      await service.close();
    }
    // Twice each time: when it joined, and when it had asked where the end is.
    expect([seen, stalled, begun]).toEqual([['new', 'newer'], 0, 4]);
    const admin = connectKafka({brokers, clientId: 'spec', logger}).admin();
    await admin.connect();
    const found = await admin.fetchOffsets({groupId: 'from-end', topics: [topic]});
    await admin.disconnect();
    // A group without members and positions is deleted by Kafka itself.
    expect(found.flatMap(({partitions}) => partitions.map(({offset}) => offset))).toEqual(['-1', '-1']);
  });

  it('a topic that does not exist fails that send, not the ones after it', async () => {
    await expect(producer.send('vv.nowhere.v1', [message('x')])).rejects.toMatchObject({code: 'bus-unavailable'});
    await producer.send(topic, [message('z')]);
  });

  it('fails a send within six seconds when the broker was killed, and goes on when it is back', async () => {
    seen.length = 0;
    const service = await serve();
    await engines.control('kill', 'kafka');
    const began = Date.now();
    await expect(producer.send(topic, [message('lost')])).rejects.toMatchObject({code: 'bus-unavailable'});
    expect(Date.now() - began).toBeLessThan(6_000);
    await engines.control('start', 'kafka');
    await eventually(() => producer.send(topic, [message('back')]), 30_000, 500);
    await eventually(() => {
      expect(seen.at(-1)).toBe('back');
    }, 60_000);
    await service.close();
    expect(stalled).toBe(0);
  });

  it('a topic that the broker compresses is named at start, and what is in it is told as long as it stops the consumer', async () => {
    const kafka = {brokers, clientId: 'spec', logger};
    const admin = connectKafka(kafka).admin();
    await admin.connect();
    const resource = {type: ConfigResourceTypes.TOPIC, name: topic};
    const {resources} = await admin.describeConfigs({
      resources: [{...resource, configNames: ['compression.type']}],
      includeSynonyms: false,
    });
    expect(resources[0]?.configEntries[0]?.configValue).toBe('uncompressed');
    const service = await serve();
    const configEntries = [{name: 'compression.type', value: 'zstd'}];
    await admin.alterConfigs({validateOnly: false, resources: [{...resource, configEntries}]});
    await expect(createTopics({...kafka, topics: [{topic}]})).rejects.toMatchObject({
      code: 'bus-unavailable',
      detail: `What is compressed cannot be read: ${topic} has compression.type=zstd. Set compression.type=uncompressed.`,
    });
    await producer.send(topic, [message('acknowledged')]);
    await eventually(() => expect(last?.reason()).toContain('compressed with ZSTD'), 30_000, 50);
    for (let times = 0; times < 150; times++) {
      expect(last?.reason()).toContain('compressed with ZSTD');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    await service.close();
    await admin.disconnect();
  }, 120_000);
});
