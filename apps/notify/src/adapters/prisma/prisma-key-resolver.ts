import type {KeyResolver} from '@vitalvault/http';
import type {Follower} from '../../application/ports.js';
import type {Database} from './database.js';

type Caller = Awaited<ReturnType<KeyResolver['resolve']>>;

/** Current signing keys of patients, as the ledger events told them. */
export class PrismaKeyResolver implements KeyResolver {
  constructor(
    private readonly database: Database,
    private readonly follower: Follower,
  ) {}

  async resolve(keyId: string): Promise<Caller> {
    const row = await this.database.patientKey.findUnique({where: {keyId}});
    // Her key may be told behind the message at which it stands.
    if (row?.current !== true) this.follower.mustGoOn();
    return row?.current === true
      ? {keyId, publicKey: row.publicKey, identity: row.patient, kind: 'patient'}
      : undefined;
  }
}
