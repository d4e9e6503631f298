import type {NonceMemory} from '@vitalvault/http';
import type {Database} from './database.js';

/**
 * Nonces of signed requests in PostgreSQL: a request is replayed neither after a restart nor at another process of this
 * service.
 */
export class PrismaNonceMemory implements NonceMemory {
  constructor(private readonly database: Database) {}

  async remember(keyId: string, nonce: string, untilSeconds: number): Promise<boolean> {
    const {count} = await this.database.requestNonce.createMany({
      data: [{keyId, nonce, untilSeconds: BigInt(untilSeconds)}],
      skipDuplicates: true,
    });
    return count === 1;
  }

  /** Forgets those whose requests would be refused as stale anyway. */
  async prune(nowSeconds: number): Promise<void> {
    await this.database.requestNonce.deleteMany({where: {untilSeconds: {lt: BigInt(nowSeconds)}}});
  }
}
