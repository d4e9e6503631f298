import type {KeyResolver} from '@vitalvault/http';
import type {Follower} from '../../application/ports.js';
import type {Database} from './database.js';

type Caller = Awaited<ReturnType<KeyResolver['resolve']>>;

/** Current signing keys of patients, as the ledger events told them: of each patient the one of the newest event. */
export class PrismaKeyResolver implements KeyResolver {
  constructor(
    private readonly database: Database,
    private readonly follower: Follower,
  ) {}

  async resolve(keyId: string): Promise<Caller> {
    const row = await this.database.patientKey.findUnique({where: {keyId}});
    const newest =
      row === null
        ? null
        : await this.database.patientKey.findFirst({
            where: {patient: row.patient},
            orderBy: [{height: 'desc'}, {place: 'desc'}],
            select: {keyId: true},
          });
    if (row !== null && newest?.keyId === keyId)
      return {keyId, publicKey: row.publicKey, identity: row.patient, kind: 'patient'};
    // Her key may be told behind the message at which it stands.
    this.follower.mustGoOn();
    return undefined;
  }
}
