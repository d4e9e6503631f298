import type {NonceMemory} from '@vitalvault/http';
import type {Database} from './database.js';

const SWEEP_EVERY = 256;

/** Nonces of signed requests; those that ran out are swept now and then. */
export class PrismaNonceMemory implements NonceMemory {
  #since = 0;

  constructor(
    private readonly database: Database,
    private readonly now: () => number,
  ) {}

  async remember(keyId: string, nonce: string, untilSeconds: number): Promise<boolean> {
    if (++this.#since >= SWEEP_EVERY) {
      this.#since = 0;
      await this.database.requestNonce.deleteMany({
        where: {untilSeconds: {lt: BigInt(Math.floor(this.now() / 1_000))}},
      });
    }
    const {count} = await this.database.requestNonce.createMany({
      data: [{keyId, nonce, untilSeconds: BigInt(untilSeconds)}],
      skipDuplicates: true,
    });
    return count === 1;
  }
}
