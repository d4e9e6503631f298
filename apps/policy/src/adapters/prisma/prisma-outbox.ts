import {fromHex} from '@vitalvault/contracts';
import type {Outbox, OutboxMessage} from '@vitalvault/kafka-bus';
import type {Database} from './database.js';

/** Facts that wait for Kafka, in the order of their effects. */
export class PrismaOutbox implements Outbox {
  constructor(private readonly database: Database) {}

  async take(limit: number): Promise<readonly OutboxMessage[]> {
    const rows = await this.database.outboxMessage.findMany({orderBy: {id: 'asc'}, take: limit});
    return rows.map(({id, topic, key, value, messageId, traceparent}) => ({
      id,
      topic,
      key: fromHex(key),
      value,
      messageId,
      ...(traceparent === null ? {} : {traceparent}),
    }));
  }

  async sent(ids: readonly bigint[]): Promise<void> {
    await this.database.outboxMessage.deleteMany({where: {id: {in: [...ids]}}});
  }
}
