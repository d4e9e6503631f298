import {CODE, fromHex} from '@vitalvault/contracts';
import type {AcceptOutcome, AcceptedBatch, NumberStatus, RecordStatus, RecordStore} from '../../application/ports.js';
import {alertOf} from '../../domain/alerts.js';
import type {AlertToSend} from '../../domain/alerts.js';
import type {AcceptedRecord, RecordNumber} from '../../domain/record.js';
import {keepMessages, savePosition} from '@vitalvault/postgres';
import type {Advance} from '@vitalvault/process';
import {inTransaction} from './database.js';
import type {Database, Session} from './database.js';
import type {Prisma} from './gen/client.js';
import {numberOf, numberRow} from './number-columns.js';
import {statusesOf} from './number-rows.js';
import {alertMessage, bytesOf} from './outbox-rows.js';
import {insertRecords} from './insert-records.js';
import {takeSkips} from './skip-rows.js';

/** Records in PostgreSQL. */
export class PrismaRecordStore implements RecordStore {
  constructor(
    private readonly database: Database,
    private readonly now: () => number,
  ) {}

  async accept({records, skips = []}: AcceptedBatch, advance: Advance): Promise<AcceptOutcome> {
    return inTransaction(this.database, async (session) => {
      const fresh = await insertRecords(session, records);
      const conflicts = await this.#keepConflicts(
        session,
        records.filter(({recordId}) => !fresh.has(recordId)),
      );
      const newSkips = await takeSkips(session, skips);
      await savePosition(session, advance);
      return {fresh: fresh.size, conflicts, skips: newSkips};
    });
  }

  byNumbers(numbers: readonly RecordNumber[]): Promise<readonly NumberStatus[]> {
    return statusesOf(this.database, numbers);
  }

  async byId(recordId: string): Promise<RecordStatus | undefined> {
    const select = {device: true, registration: true, sequence: true};
    const row = await this.database.record.findUnique({where: {recordId}, select});
    if (row !== null) return (await this.byNumbers([numberOf(row)]))[0]?.record;
    const conflict = await this.database.recordConflict.findUnique({where: {recordId}});
    return conflict === null
      ? undefined
      : {recordId, patient: '', state: 'refused', receipt: conflict.receipt, refusalCode: CODE.entryDuplicate};
  }

  async alert(alerts: readonly AlertToSend[]): Promise<void> {
    await keepMessages(this.database, alerts.map(alertMessage));
  }

  // What was not inserted is either the same record again or another one under a taken number.
  async #keepConflicts(session: Session, others: readonly AcceptedRecord[]): Promise<number> {
    if (others.length === 0) return 0;
    const known = await session.record.findMany({
      where: {recordId: {in: others.map(({recordId}) => recordId)}},
      select: {recordId: true},
    });
    const same = new Set(known.map(({recordId}) => recordId));
    const losers = others.filter(({recordId}) => !same.has(recordId));
    const kept = await session.recordConflict.createManyAndReturn({
      data: losers.map(toConflict),
      skipDuplicates: true,
      select: {recordId: true},
    });
    const fresh = new Set(kept.map(({recordId}) => recordId));
    await keepMessages(
      session,
      losers.filter(({recordId}) => fresh.has(recordId)).map((record) => alertMessage(this.#conflictAlert(record))),
    );
    return fresh.size;
  }

  #conflictAlert({patient, recordId, traceparent}: AcceptedRecord): AlertToSend {
    return alertOf('refused', {
      patient,
      subject: fromHex(recordId),
      traceparent,
      raisedAtMs: BigInt(this.now()),
      text: 'Your device sent two different records under one number. The later one was not taken; the device still holds its readings.',
    });
  }
}

const toConflict = (record: AcceptedRecord): Prisma.RecordConflictCreateManyInput => ({
  recordId: record.recordId,
  ...numberRow(record),
  receipt: bytesOf(record.receipt),
});
