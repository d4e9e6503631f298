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
      data: [{keyId, nonce, until: new Date(untilSeconds * 1_000)}],
      skipDuplicates: true,
    });
    return count === 1;
  }

  async prune(now: Date): Promise<void> {
    await this.database.requestNonce.deleteMany({where: {until: {lt: now}}});
  }
}
