import type {OffsetStore} from '@vitalvault/kafka-bus';
import type {Database} from './database.js';

/** How far the topics were read, in the database that has the alerts. */
export class PrismaOffsetStore implements OffsetStore {
  constructor(private readonly database: Database) {}

  async load(topic: string, partition: number): Promise<bigint | undefined> {
    return (await this.database.consumerOffset.findUnique({where: {topic_partition: {topic, partition}}}))?.nextOffset;
  }

  async save(topic: string, partition: number, nextOffset: bigint): Promise<void> {
    await this.database.$executeRaw`
      INSERT INTO consumer_offsets (topic, partition, next_offset) VALUES (${topic}, ${partition}, ${nextOffset})
      ON CONFLICT (topic, partition) DO UPDATE SET next_offset = GREATEST(consumer_offsets.next_offset, EXCLUDED.next_offset)`;
  }
}
