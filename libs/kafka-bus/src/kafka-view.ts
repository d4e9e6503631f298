import type {Admin, Kafka} from 'kafkajs';
import {isOf} from './is-of.js';
import type {KafkaPartition} from './judge-position.js';

const NO_TOPIC: ReadonlySet<string> = new Set(['UNKNOWN_TOPIC_OR_PARTITION']);

/**
 * What Kafka says of itself and of a topic's partitions. Opens its connection when it is asked, and anew after a fault.
 */
export class KafkaView {
  #admin: Promise<Admin> | undefined;

  constructor(private readonly kafka: Kafka) {}

  /** By partition. @throws what kafkajs throws when Kafka is away or has no such topic */
  async partitions(topic: string): Promise<ReadonlyMap<number, KafkaPartition>> {
    return this.#ask(async (admin) => {
      const {clusterId: cluster} = await admin.describeCluster();
      const offsets = await admin.fetchTopicOffsets(topic);
      return new Map(
        offsets.map(({partition, low, high}) => [partition, {cluster, low: BigInt(low), high: BigInt(high)}]),
      );
    });
  }

  /** The same; none where Kafka has no such topic. @throws what kafkajs throws when Kafka is away */
  async partitionsIfThere(topic: string): Promise<ReadonlyMap<number, KafkaPartition>> {
    try {
      return await this.partitions(topic);
    } catch (error) {
      if (isOf(error, NO_TOPIC)) return new Map();
      throw error;
    }
  }

  /** By partition: offset of the first record that is not older, or of the next record to come. */
  async firstSince(topic: string, timeMs: number): Promise<ReadonlyMap<number, bigint>> {
    return this.#ask(async (admin) => {
      const found = await admin.fetchTopicOffsetsByTimestamp(topic, timeMs);
      return new Map(found.map(({partition, offset}) => [partition, BigInt(offset)]));
    });
  }

  /** By partition, where a group stands by Kafka's own word. */
  async committed(groupId: string, topic: string): Promise<ReadonlyMap<number, bigint>> {
    return this.#ask(async (admin) => {
      const [found] = await admin.fetchOffsets({groupId, topics: [topic]});
      const all = (found?.partitions ?? []).map(({partition, offset}) => [partition, BigInt(offset)] as const);
      return new Map(all.filter(([, offset]) => offset >= 0n));
    });
  }

  /** How many partitions of these topics have fewer copies in step than they should. */
  async underReplicated(topics: readonly string[]): Promise<number> {
    return this.#ask(async (admin) => {
      const found = await admin.fetchTopicMetadata({topics: [...topics]});
      const partitions = found.topics.flatMap((topic) => topic.partitions);
      return partitions.filter(({isr, replicas}) => isr.length < replicas.length).length;
    });
  }

  async close(): Promise<void> {
    const admin = await this.#admin?.catch(() => undefined);
    this.#admin = undefined;
    await admin?.disconnect().catch(() => undefined);
  }

  async #ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    try {
      return await question(await (this.#admin ??= this.#open()));
    } catch (error) {
      await this.close();
      throw error;
    }
  }

  async #open(): Promise<Admin> {
    const admin = this.kafka.admin();
    await admin.connect();
    return admin;
  }
}
