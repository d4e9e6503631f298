import {fromDecimal} from '@vitalvault/contracts';
import {randomBytes} from 'node:crypto';
import type {ClaimedPack, Lease, PackClaims, RecordToPack, RootOf} from '../../application/ports.js';
import {STATE} from '../../domain/record.js';
import {inTransaction} from './database.js';
import type {Database, Session} from './database.js';
import {Prisma} from './gen/client.js';

interface Row {
  readonly record_id: string;
  readonly patient: string;
  readonly cid: string;
  readonly accepted_at_ms: Prisma.Decimal;
  readonly traceparent: string | null;
  readonly ciphertext: Uint8Array;
}

const ID_BYTES = 16;
const COLUMNS = Prisma.sql`record_id, records.patient, cid, accepted_at_ms, traceparent, ciphertext`;
const until = (ms: number): Prisma.Sql => Prisma.sql`now() + ${ms}::float8 * interval '1 millisecond'`;

/** Claims of packs in PostgreSQL. */
export class PrismaPackClaims implements PackClaims {
  constructor(private readonly database: Database) {}

  async claim(
    {owner, ms}: Lease,
    limit: {records: number; bytes: number},
    rootOf: RootOf,
  ): Promise<ClaimedPack | undefined> {
    return inTransaction(this.database, async (session) => {
      // What another process is just claiming is passed over.
      const rows = await session.$queryRaw<Row[]>`
        WITH free AS MATERIALIZED (
          SELECT record_id, turn, place, octet_length(ciphertext) AS bytes FROM waiting_ciphertexts
          WHERE pack_root IS NULL ORDER BY turn, place LIMIT ${limit.records} FOR UPDATE SKIP LOCKED
        ), summed AS (
          SELECT record_id, row_number() OVER in_turn AS nth, sum(bytes) OVER in_turn AS total
          FROM free WINDOW in_turn AS (ORDER BY turn, place)
        )
        SELECT ${COLUMNS} FROM summed JOIN waiting_ciphertexts USING (record_id) JOIN records USING (record_id)
        WHERE nth = 1 OR total <= ${limit.bytes} ORDER BY nth`;
      if (rows.length === 0) return undefined;
      const [records, id] = [rows.map(toRecord), randomBytes(ID_BYTES)];
      const root = rootOf(cidsOf(records), id);
      await session.$executeRaw`
        WITH pack AS (
          INSERT INTO packs (root, id, owner, lease_until) VALUES (${root}, ${id}, ${owner}, ${until(ms)}) RETURNING root
        )
        UPDATE waiting_ciphertexts SET pack_root = root FROM pack WHERE record_id = ANY(${records.map(({recordId}) => recordId)})`;
      return {root, id, failures: 0, records};
    });
  }

  async takeUp({owner, ms}: Lease, rootOf: RootOf): Promise<ClaimedPack | undefined> {
    return inTransaction(this.database, async (session) => {
      const [pack] = await session.$queryRaw<Omit<ClaimedPack, 'records'>[]>`
        UPDATE packs SET owner = ${owner}, lease_until = ${until(ms)} WHERE root = (
          SELECT root FROM packs WHERE state = 'making' AND lease_until <= now()
          ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED
        ) RETURNING root, id, failures`;
      if (pack === undefined) return undefined;
      const rows = await session.$queryRaw<Row[]>`
        SELECT ${COLUMNS} FROM waiting_ciphertexts JOIN records USING (record_id)
        WHERE waiting_ciphertexts.pack_root = ${pack.root} ORDER BY place`;
      const records = rows.map(toRecord);
      if (records.length > 0 && rootOf(cidsOf(records), pack.id) === pack.root) return {...pack, records};
      await giveUp(session, pack.root);
      return undefined;
    });
  }

  async renew(root: string, {owner, ms}: Lease): Promise<boolean> {
    const count = await this.database.$executeRaw`
      UPDATE packs SET lease_until = ${until(ms)} WHERE root = ${root} AND owner = ${owner} AND state = 'making'`;
    return count === 1;
  }

  async putBack(root: string, owner: string, pauseMs: number): Promise<void> {
    await this.database.$executeRaw`
      UPDATE packs SET owner = NULL, lease_until = ${until(pauseMs)}, failures = failures + 1
      WHERE root = ${root} AND owner = ${owner} AND state = 'making'`;
  }

  async letGo(owner: string): Promise<void> {
    await this.database.$executeRaw`
      UPDATE packs SET owner = NULL, lease_until = now() WHERE owner = ${owner} AND state <> 'pinned'`;
  }

  // Whoever says so: the root is that of these records, and it is pinned.
  async stored({root, replicas}: {root: string; replicas: number}): Promise<void> {
    await inTransaction(this.database, async (session) => {
      const settled = await session.$executeRaw`
        INSERT INTO packs (root, state, lease_until, replicas, pinned_at) VALUES (${root}, 'dropping', now(), ${replicas}, now())
        ON CONFLICT (root) DO UPDATE
          SET state = 'pinned', owner = NULL, lease_until = now(), replicas = EXCLUDED.replicas, pinned_at = EXCLUDED.pinned_at
          WHERE packs.state = 'making'`;
      if (settled === 0) return;
      await session.$executeRaw`
        WITH packed AS (
          DELETE FROM waiting_ciphertexts WHERE pack_root = ${root} RETURNING record_id
        )
        UPDATE records SET state = GREATEST(state, ${STATE.stored}), pack_root = ${root}, replicas = ${replicas}
        FROM packed WHERE records.record_id = packed.record_id`;
    });
  }
}

// Without one of its records it would be another root: the others go into new packs, and this one is not kept.
async function giveUp(session: Session, root: string): Promise<void> {
  await session.$executeRaw`UPDATE waiting_ciphertexts SET pack_root = NULL WHERE pack_root = ${root}`;
  await session.$executeRaw`UPDATE packs SET state = 'dropping', owner = NULL, lease_until = now() WHERE root = ${root}`;
}

const cidsOf = (records: readonly RecordToPack[]): string[] => records.map(({cid}) => cid);

const toRecord = (row: Row): RecordToPack => ({
  recordId: row.record_id,
  patient: row.patient,
  cid: row.cid,
  ciphertext: row.ciphertext,
  acceptedAtMs: fromDecimal(row.accepted_at_ms),
  traceparent: row.traceparent ?? undefined,
});
