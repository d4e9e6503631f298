import {sqltag} from '@prisma/client/runtime/client';
import type {ShortLived} from './row-pruning.js';
import {sweepRows} from './sweep-rows.js';
import type {SqlSession} from './sql-session.js';

/**
 * Nonces of signed requests: a request is replayed neither after a restart nor at another process of this service.
 * `RowPruning` forgets those that ran out.
 */
export class NonceStore implements ShortLived {
  constructor(private readonly database: SqlSession) {}

  /** @returns false when the key has used that nonce already. @param untilSeconds Unix seconds */
  async remember(keyId: string, nonce: string, untilSeconds: number): Promise<boolean> {
    const count = await this.database.$executeRaw`
      INSERT INTO request_nonces (key_id, nonce, until_seconds) VALUES (${keyId}, ${nonce}, ${BigInt(untilSeconds)})
      ON CONFLICT DO NOTHING`;
    return count === 1;
  }

  /** Forgets those whose requests would be refused as stale anyway. */
  prune(now: Date, most: number): Promise<number> {
    const seconds = BigInt(Math.floor(now.getTime() / 1_000));
    const over = sqltag`until_seconds < ${seconds}`;
    return sweepRows(this.database, {table: 'request_nonces', oldest: 'until_seconds', over}, most);
  }
}
