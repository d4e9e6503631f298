import {sweepRows} from '@vitalvault/postgres';
import type {ShortLived} from '@vitalvault/postgres';
import type {Id, TransactionTraces} from '../../application/ports.js';
import type {Database} from './database.js';
import {Prisma} from './gen/client.js';

const KEEP_MS = 3_600_000;

/** D-1: hash of a transaction -> span of the request that posted it, for an hour. */
export class PrismaTransactionTraces implements TransactionTraces, ShortLived {
  constructor(private readonly database: Database) {}

  async remember(txHash: Id, traceparent: string): Promise<void> {
    await this.database.txTrace.upsert({where: {txHash}, create: {txHash, traceparent}, update: {traceparent}});
  }

  async find(txHashes: readonly Id[]): Promise<ReadonlyMap<Id, string>> {
    const rows = await this.database.$queryRaw<{txHash: Id; traceparent: string}[]>`
      SELECT tx_hash AS "txHash", traceparent FROM tx_traces WHERE tx_hash = ANY(${[...txHashes]}::text[])`;
    return new Map(rows.map(({txHash, traceparent}) => [txHash, traceparent]));
  }

  /** Forgets what is older than an hour. */
  prune(now: Date, most: number): Promise<number> {
    const over = Prisma.sql`created_at < ${new Date(now.getTime() - KEEP_MS)}`;
    return sweepRows(this.database, {table: 'tx_traces', oldest: 'created_at', over}, most);
  }
}
