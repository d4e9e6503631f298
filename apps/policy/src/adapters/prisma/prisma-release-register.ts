import {LIMITS, fromHex} from '@vitalvault/contracts';
import {keepMessages} from '@vitalvault/postgres';
import type {AnswerToCount, Id, ReleaseRegister} from '../../application/ports.js';
import {inTransaction} from './database.js';
import type {Database, Session} from './database.js';
import {ownBytes} from './stored-value.js';

class OverLimit extends Error {}

/** Counts answers by (permit, record), keeps the signed requests, and tells of each with its count. */
export class PrismaReleaseRegister implements ReleaseRegister {
  constructor(private readonly database: Database) {}

  async answered(txId: Id, recordId?: Id): Promise<boolean> {
    const found =
      recordId === undefined
        ? await this.database.releaseRequest.findFirst({where: {txId}, select: {number: true}})
        : await this.database.releaseAnswer.findUnique({where: {txId_recordId: {txId, recordId}}});
    return found !== null;
  }

  async allows(txId: Id, recordIds: readonly Id[]): Promise<boolean> {
    return (
      (await this.database.releaseAnswer.count({
        where: {txId, recordId: {in: [...recordIds]}, answers: {gte: LIMITS.releasesPerRecord}},
      })) === 0
    );
  }

  async count({txId, recordIds, signedRequest, verifiedAtHeight, tell}: AnswerToCount): Promise<boolean> {
    try {
      await inTransaction(this.database, async (session) => {
        // One answer of a permit at a time: they are numbered.
        await session.$queryRaw`SELECT 1 AS held FROM pg_advisory_xact_lock(hashtextextended(${txId}, 0))`;
        await countEach(session, txId, recordIds);
        const number = (await session.releaseRequest.count({where: {txId}})) + 1;
        await session.releaseRequest.create({
          data: {txId, number, signedRequest: ownBytes(signedRequest), records: recordIds.length, verifiedAtHeight},
        });
        const told = tell(number);
        await keepMessages(session, [{...told, key: fromHex(told.key)}]);
      });
      return true;
    } catch (error) {
      if (error instanceof OverLimit) return false;
      throw error;
    }
  }
}

// One statement for all: an existing row is counted up unless it stands at the limit, and whoever is not touched is
// over it.
async function countEach(session: Session, txId: Id, recordIds: readonly Id[]): Promise<void> {
  const touched = await session.$executeRaw`
    INSERT INTO release_answers (tx_id, record_id, answers)
    SELECT ${txId}, id, 1 FROM unnest(${[...recordIds]}::text[]) AS id
    ON CONFLICT (tx_id, record_id) DO UPDATE SET answers = release_answers.answers + 1 WHERE release_answers.answers < ${LIMITS.releasesPerRecord}`;
  if (touched !== recordIds.length) throw new OverLimit();
}
