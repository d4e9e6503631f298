import type {Announcement, DocumentStore, Id, StoredComplaint} from '../../application/ports.js';
import {fromHex} from '@vitalvault/contracts';
import {keepMessages} from '@vitalvault/postgres';
import {inTransaction} from './database.js';
import type {Database} from './database.js';
import {ownBytes} from './stored-value.js';

/** Deletable documents beside the ledger. */
export class PrismaDocumentStore implements DocumentStore {
  constructor(private readonly database: Database) {}

  async wraps(patient: Id, grantId: Id): Promise<{version: number; value: Uint8Array} | undefined> {
    const row = await this.database.wrapBundle.findUnique({where: {patient_grantId: {patient, grantId}}});
    return row === null ? undefined : {version: Number(row.version), value: row.value};
  }

  async putWraps({
    patient,
    grantId,
    version,
    value,
  }: {
    patient: Id;
    grantId: Id;
    version: number;
    value: Uint8Array;
  }): Promise<boolean> {
    const row = {version: BigInt(version), value: ownBytes(value)};
    const {count: created} = await this.database.wrapBundle.createMany({
      data: [{patient, grantId, ...row}],
      skipDuplicates: true,
    });
    if (created === 1) return true;
    const {count: raised} = await this.database.wrapBundle.updateMany({
      where: {patient, grantId, version: {lt: row.version}},
      data: row,
    });
    if (raised === 1) return true;
    const stored = await this.wraps(patient, grantId);
    return stored?.version === version && Buffer.compare(stored.value, value) === 0;
  }

  async profile(member: Id): Promise<Uint8Array | undefined> {
    return (await this.database.memberProfile.findUnique({where: {member}}))?.value;
  }

  async putProfile(member: Id, bytes: Uint8Array): Promise<void> {
    const value = ownBytes(bytes);
    await this.database.memberProfile.upsert({where: {member}, create: {member, value}, update: {value}});
  }

  async details(txId: Id): Promise<Uint8Array | undefined> {
    return (await this.database.accessDetails.findUnique({where: {txId}}))?.value;
  }

  async putDetails(txId: Id, bytes: Uint8Array): Promise<void> {
    const value = ownBytes(bytes);
    await this.database.accessDetails.upsert({where: {txId}, create: {txId, value}, update: {value}});
  }

  async putComplaint(complaint: StoredComplaint, most: number, announcement: Announcement): Promise<boolean> {
    const {reader, subject, finding, patient, day} = complaint;
    return inTransaction(this.database, async (session) => {
      // One of a reader and patient at a time: they are counted.
      await session.$queryRaw`SELECT 1 AS held FROM pg_advisory_xact_lock(hashtextextended(${reader + patient}, 1))`;
      const known = await session.complaint.findUnique({where: {reader_subject_finding: {reader, subject, finding}}});
      if (known !== null) return true;
      if ((await session.complaint.count({where: {reader, patient, day}})) >= most) return false;
      await session.complaint.create({data: complaint});
      await keepMessages(session, [{...announcement, key: fromHex(announcement.key)}]);
      return true;
    });
  }
}
