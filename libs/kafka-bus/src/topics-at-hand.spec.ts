import type {Logger} from '@vitalvault/process';
import {setTimeout as sleep} from 'node:timers/promises';
import {TopicsAtHand} from './topics-at-hand.js';

it('waits no longer for Kafka when the process stops', async () => {
  const logger = {debug: () => undefined, warn: () => undefined} as unknown as Logger;
  const topics = new TopicsAtHand({brokers: ['127.0.0.1:1'], clientId: 'spec', logger, topics: [{topic: 'vv.spec'}]});
  const waiting = topics.ensure();
  await sleep(100);
  topics.stop();
  await expect(Promise.race([waiting, sleep(5_000, 'waits', {ref: false})])).resolves.toBeUndefined();
  expect(topics.reason()).toBeDefined();
}, 10_000);
