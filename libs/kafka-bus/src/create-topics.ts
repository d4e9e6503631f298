import {TOPICS} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {setTimeout as sleep} from 'node:timers/promises';
import {connectKafka} from './kafka-connection.js';
import type {KafkaOptions} from './kafka-connection.js';

export interface TopicToCreate {
  readonly topic: string;
  /** Default: 4. */
  readonly partitions?: number;
  /** How long a message is kept; default: 7 days, ledger events for ever. Never compacted. */
  readonly retentionMs?: number;
}

const DLQ = '.dlq';
const DAY_MS = 86_400_000;
const FOR_EVER = -1;

// A consumer whose database is new (notify after a disaster) begins with the first ledger event; the ledger keeps the same facts anyway.
const defaultRetentionMs = (topic: string): number => (topic === TOPICS.ledgerEvents ? FOR_EVER : 7 * DAY_MS);

/** Name of the topic that takes what a consumer of `topic` could not handle. */
export const deadLetterTopic = (topic: string): string => topic + DLQ;
export const isDeadLetterTopic = (topic: string): boolean => topic.endsWith(DLQ);

/**
 * Creates topics that are not there, each with its dead-letter topic, and waits for a broker up to `timeoutMs`.
 * @throws DomainError bus-unavailable
 */
export async function createTopics(options: KafkaOptions & {topics: readonly TopicToCreate[]; timeoutMs?: number}): Promise<void> {
  const deadline = Date.now() + (options.timeoutMs ?? 30_000);
  for (;;) {
    try {
      await tryCreate(options);
      return;
    } catch (error) {
      if (Date.now() >= deadline) throw new DomainError('bus-unavailable', {cause: error});
      await sleep(500);
    }
  }
}

async function tryCreate(options: KafkaOptions & {topics: readonly TopicToCreate[]}): Promise<void> {
  const admin = connectKafka(options).admin();
  try {
    await admin.connect();
    const existing = new Set(await admin.listTopics());
    const wanted = options.topics.flatMap((topic) => [topic, {...topic, topic: deadLetterTopic(topic.topic), partitions: 1}]);
    const missing = wanted.filter(({topic}) => !existing.has(topic));
    if (missing.length === 0) return;
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map(({topic, partitions, retentionMs}) => ({
        topic, numPartitions: partitions ?? 4, replicationFactor: -1,
        configEntries: [{name: 'cleanup.policy', value: 'delete'}, {name: 'retention.ms', value: String(retentionMs ?? defaultRetentionMs(topic))}],
      })),
    });
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}
