import type {KeyResolver} from '@vitalvault/http';
import type {Database} from './database.js';

type Caller = Awaited<ReturnType<KeyResolver['resolve']>>;

/** Current signing keys of patients, as the ledger events told them. */
export class PrismaKeyResolver implements KeyResolver {
  constructor(private readonly database: Database) {}

  async resolve(keyId: string): Promise<Caller> {
    const row = await this.database.patientKey.findUnique({where: {keyId}});
    return row?.current === true
      ? {keyId, publicKey: row.publicKey, identity: row.patient, kind: 'patient'}
      : undefined;
  }
}
