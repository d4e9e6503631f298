import {LIMITS} from '@vitalvault/contracts';
import type {Id, ReleaseRegister} from '../../application/ports.js';
import {inTransaction} from './database.js';
import type {Database, Session} from './database.js';
import {ownBytes} from './stored-value.js';

class OverLimit extends Error {}

/** Counts answers by (permit, record) and keeps the signed requests. */
export class PrismaReleaseRegister implements ReleaseRegister {
  constructor(private readonly database: Database) {}

  async allows(txId: Id, recordIds: readonly Id[]): Promise<boolean> {
    return (
      (await this.database.releaseAnswer.count({
        where: {txId, recordId: {in: [...recordIds]}, answers: {gte: LIMITS.releasesPerRecord}},
      })) === 0
    );
  }

  async count(release: {
    txId: Id;
    recordIds: readonly Id[];
    signedRequest: Uint8Array;
    verifiedAtHeight: bigint;
  }): Promise<boolean> {
    const {txId, signedRequest, verifiedAtHeight} = release;
    // One order for everybody, so that two pages at a time cannot wait for each other.
    const recordIds = release.recordIds.toSorted();
    try {
      await inTransaction(this.database, async (session) => {
        await countEach(session, txId, recordIds);
        await session.releaseRequest.create({
          data: {txId, signedRequest: ownBytes(signedRequest), records: recordIds.length, verifiedAtHeight},
        });
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
