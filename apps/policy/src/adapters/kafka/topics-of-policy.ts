import {TOPICS} from '@vitalvault/contracts';
import {createTopics} from '@vitalvault/kafka-bus';
import type {KafkaOptions} from '@vitalvault/kafka-bus';
import {setTimeout as sleep} from 'node:timers/promises';

const RETRY_MS = 5_000;

/** Creates the topics that this service publishes to, whenever Kafka comes up; the outbox waits until then. */
export async function ensureTopics(options: KafkaOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await createTopics({...options, topics: [{topic: TOPICS.ledgerEvents}, {topic: TOPICS.alerts}], timeoutMs: 5_000});
      return;
    } catch (error) {
      options.logger.warn('topics cannot be created yet', {error});
      await sleep(RETRY_MS, undefined, {signal}).catch(() => undefined);
    }
  }
}
