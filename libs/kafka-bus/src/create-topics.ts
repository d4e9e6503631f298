import {TOPICS} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {accessReason} from '@vitalvault/process';
import kafkajs from 'kafkajs'; // whole: Node finds no ConfigResourceTypes among the names of this CommonJS module
import type {Admin, ITopicConfig} from 'kafkajs';
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

const DAY_MS = 86_400_000;
const FOR_EVER = -1;
/**
 * The broker writes anew what anybody compressed, also by its own setting: what kafkajs has no codec for stops not a
 * message but every topic of its consumer.
 */
const COMPRESSION = 'compression.type';
const UNCOMPRESSED = 'uncompressed';
const READ_BY_KAFKAJS: readonly (string | undefined)[] = [UNCOMPRESSED, 'gzip'];
/** The broker's own default.replication.factor: it knows how many brokers there are. */
const AS_THE_BROKER = -1;

// A consumer whose database is new (notify after a disaster) begins with the first ledger event; the ledger keeps the
// same facts anyway.
const defaultRetentionMs = (topic: string): number => (topic === TOPICS.ledgerEvents ? FOR_EVER : 7 * DAY_MS);

/**
 * Creates topics that are not there, looks whether those that are can be read, and waits for a broker up to
 * `timeoutMs`. Who may not create any is well served where they are there already, and is told at once which ones
 * somebody else must create.
 * @param options.signal ends the waiting
 * @returns those whose settings this user may not see: whether they can be read is told where a consumer meets them
 * @throws DomainError bus-unavailable
 */
export async function createTopics(
  options: KafkaOptions & {topics: readonly TopicToCreate[]; timeoutMs?: number; signal?: AbortSignal},
): Promise<readonly string[]> {
  const deadline = Date.now() + (options.timeoutMs ?? 30_000);
  for (;;) {
    try {
      return await tryCreate(options);
    } catch (error) {
      if (error instanceof DomainError) throw error;
      const why = accessReason(error);
      if (Date.now() >= deadline || options.signal?.aborted === true)
        throw new DomainError('bus-unavailable', {
          cause: error,
          ...(why === undefined ? {} : {detail: `Kafka: ${why}.`}),
        });
      await sleep(500, undefined, options.signal === undefined ? {} : {signal: options.signal}).catch(() => undefined);
    }
  }
}

async function tryCreate(options: KafkaOptions & {topics: readonly TopicToCreate[]}): Promise<readonly string[]> {
  const admin = connectKafka(options).admin();
  try {
    await admin.connect();
    // A user sees those that it may describe.
    const existing = new Set(await admin.listTopics());
    const missing = options.topics.filter(({topic}) => !existing.has(topic)).map(toConfig);
    const there = options.topics.map(({topic}) => topic).filter((topic) => existing.has(topic));
    const unseen = there.length > 0 ? await mustBeReadable(admin, there) : [];
    if (missing.length === 0) return unseen;
    await admin.createTopics({waitForLeaders: true, topics: missing}).catch((cause: unknown) => {
      throw isForbidden(cause)
        ? new DomainError('bus-unavailable', {
            cause,
            detail: `This user may not create topics. Somebody must create: ${missing.map(textOf).join('; ')}; and let it describe them.`,
          })
        : cause;
    });
    return unseen;
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
}

/** @returns all of them for a user who may not look, who is served as well */
async function mustBeReadable(admin: Admin, topics: readonly string[]): Promise<readonly string[]> {
  const looked = topics.map((name) => ({type: kafkajs.ConfigResourceTypes.TOPIC, name, configNames: [COMPRESSION]}));
  const answer = await admin.describeConfigs({resources: looked, includeSynonyms: false}).catch((error: unknown) => {
    if (isForbidden(error)) return undefined;
    throw error;
  });
  if (answer === undefined) return topics;
  const wrong = answer.resources.flatMap(({resourceName, configEntries}) =>
    configEntries
      .filter(({configName, configValue}) => configName === COMPRESSION && !READ_BY_KAFKAJS.includes(configValue))
      .map(({configValue}) => `${resourceName} has ${COMPRESSION}=${configValue}`),
  );
  if (wrong.length === 0) return [];
  const detail = `What is compressed cannot be read: ${wrong.join('; ')}. Set ${COMPRESSION}=${UNCOMPRESSED}.`;
  throw new DomainError('bus-unavailable', {detail});
}

const toConfig = ({topic, partitions, retentionMs}: TopicToCreate): ITopicConfig => ({
  topic,
  numPartitions: partitions ?? 4,
  replicationFactor: AS_THE_BROKER,
  configEntries: [
    {name: 'cleanup.policy', value: 'delete'},
    {name: 'retention.ms', value: String(retentionMs ?? defaultRetentionMs(topic))},
    {name: COMPRESSION, value: UNCOMPRESSED},
  ],
});

const textOf = ({topic, numPartitions, configEntries = []}: ITopicConfig): string =>
  `${topic} with ${String(numPartitions)} partition${numPartitions === 1 ? '' : 's'}, ${configEntries.map(({name, value}) => `${name}=${value}`).join(', ')}`;

// kafkajs tells every topic's failure in one error.
function isForbidden(error: unknown): boolean {
  const {cause, errors, type} = (error ?? {}) as {cause?: unknown; errors?: readonly unknown[]; type?: unknown};
  const inner = [...(errors ?? []), ...(cause === undefined || cause === error ? [] : [cause])];
  return type === 'TOPIC_AUTHORIZATION_FAILED' || type === 'CLUSTER_AUTHORIZATION_FAILED' || inner.some(isForbidden);
}
