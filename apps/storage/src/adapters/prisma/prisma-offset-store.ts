import type {OffsetStore} from '@vitalvault/kafka-bus';
import type {TopicPosition} from '../../application/ports.js';
import type {Database, Session} from './database.js';

/** How far each topic was handled, beside the effects. */
export class PrismaOffsetStore implements OffsetStore {
  constructor(private readonly database: Database) {}

  async load(topic: string, partition: number): Promise<bigint | undefined> {
    return (await this.database.consumerOffset.findUnique({where: {topic_partition: {topic, partition}}}))?.nextOffset;
  }

  async save(topic: string, partition: number, nextOffset: bigint): Promise<void> {
    await savePosition(this.database, {topic, partition, nextOffset});
  }
}

/** Never moves backwards: an older process that wakes up late must not. */
export async function savePosition(session: Session, {topic, partition, nextOffset}: TopicPosition): Promise<void> {
  await session.$executeRaw`
    INSERT INTO consumer_offsets (topic, partition, next_offset) VALUES (${topic}, ${partition}, ${nextOffset})
    ON CONFLICT (topic, partition) DO UPDATE SET next_offset = GREATEST(consumer_offsets.next_offset, EXCLUDED.next_offset)`;
}
