import type {SqlSession} from './sql-session.js';

/** The next message of a topic's partition. */
export interface TopicPosition {
  readonly topic: string;
  readonly partition: number;
  readonly nextOffset: bigint;
}

/** How far each topic was handled, in the database that has the effects. */
export class OffsetStore {
  constructor(private readonly database: SqlSession) {}

  async load(topic: string, partition: number): Promise<bigint | undefined> {
    const rows = await this.database.$queryRaw<{next_offset: bigint}[]>`
      SELECT next_offset FROM consumer_offsets WHERE topic = ${topic} AND partition = ${partition}`;
    return rows[0]?.next_offset;
  }
}

/** In the transaction of the effect. Never moves backwards: an older process that wakes up late must not. */
export async function savePosition(session: SqlSession, {topic, partition, nextOffset}: TopicPosition): Promise<void> {
  await session.$executeRaw`
    INSERT INTO consumer_offsets (topic, partition, next_offset) VALUES (${topic}, ${partition}, ${nextOffset})
    ON CONFLICT (topic, partition) DO UPDATE SET next_offset = GREATEST(consumer_offsets.next_offset, EXCLUDED.next_offset)`;
}
