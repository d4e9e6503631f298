import {createLogger} from '@vitalvault/process';
import {eventually, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {connectKafka} from './kafka-connection.js';
import {TopicsAtHand} from './topics-at-hand.js';

let engines: Engines;

beforeAll(async () => {
  engines = await startEngines({only: ['kafka']});
}, 180_000);

afterAll(async () => {
  await engines.stop();
});

// As in a Kafka that was made anew under a running service: nobody restarts it for that.
it('makes topics again that are gone, and says nothing of what it mended', async () => {
  const kafka = {
    brokers: [engines.endpoints.kafka],
    clientId: 'spec',
    logger: createLogger({service: 'spec', level: 'fatal'}),
  };
  const topic = 'vv.spec.again.v1';
  const topics = new TopicsAtHand({...kafka, topics: [{topic, partitions: 2}], lookMs: 200});
  topics.start();
  const admin = connectKafka(kafka).admin();
  await admin.connect();
  await eventually(() => expect(topics.reason()).toBeUndefined(), 60_000);
  const ends = async (): Promise<string[]> =>
    (await admin.fetchTopicOffsets(topic)).toSorted((a, b) => a.partition - b.partition).map(({high}) => high);
  const producer = connectKafka(kafka).producer();
  await producer.connect();
  await producer.send({topic, acks: -1, messages: [{value: 'gone', partition: 0}]});
  await producer.disconnect();
  expect(await ends()).toEqual(['1', '0']);
  await admin.deleteTopics({topics: [topic]});
  await eventually(async () => expect(await ends()).toEqual(['0', '0']), 30_000);
  await eventually(() => expect(topics.reason()).toBeUndefined(), 30_000);
  topics.stop();
  await admin.disconnect();
}, 180_000);
