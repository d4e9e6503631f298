import type {Caller, KeyResolver} from '@vitalvault/nest-service';
import type {Database} from './database.js';

/** Keys that signed access requests: storage has no other callers. Whether a reader still stands is proved anew by policy at every release. */
export class PrismaReaderKeys implements KeyResolver {
  constructor(private readonly database: Database) {}

  async resolve(keyId: string): Promise<Caller | undefined> {
    const row = await this.database.accessRequest.findFirst({where: {signerKeyId: keyId}, select: {signerPublicKey: true}});
    return row === null ? undefined : {keyId, publicKey: row.signerPublicKey, identity: keyId, kind: 'member'};
  }
}
