import type {Outbox, OutboxMessage} from '@vitalvault/kafka-bus';
import type {Database} from './database.js';

/** Messages that were written with the facts they tell. */
export class PrismaOutbox implements Outbox {
  constructor(private readonly database: Database) {}

  async take(limit: number): Promise<readonly OutboxMessage[]> {
    const rows = await this.database.outboxMessage.findMany({orderBy: {id: 'asc'}, take: limit});
    return rows.map(({traceparent, ...row}) => ({...row, traceparent: traceparent ?? undefined}));
  }

  async sent(ids: readonly bigint[]): Promise<void> {
    await this.database.outboxMessage.deleteMany({where: {id: {in: [...ids]}}});
  }
}
