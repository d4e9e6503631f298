import type {Lease, UnnamedRoots} from '../../application/ports.js';
import type {Database} from './database.js';

/** Roots that no record names, in PostgreSQL. */
export class PrismaUnnamedRoots implements UnnamedRoots {
  constructor(private readonly database: Database) {}

  async find(after: string, packs: number): Promise<{last: string | undefined; found: number}> {
    const [row] = await this.database.$queryRaw<{last: string | null; found: bigint}[]>`
      WITH page AS (
        SELECT root FROM packs WHERE root > ${after} ORDER BY root LIMIT ${packs}
      ), found AS (
        UPDATE packs SET state = 'dropping', owner = NULL, lease_until = now() FROM page
        WHERE packs.root = page.root AND state = 'pinned'
          AND NOT EXISTS (SELECT FROM records WHERE records.pack_root = packs.root)
        RETURNING packs.root
      )
      SELECT max(root) AS last, (SELECT count(*) FROM found) AS found FROM page`;
    return {last: row?.last ?? undefined, found: Number(row?.found ?? 0)};
  }

  // The proof is in the statement that takes it into these hands. What is named after all is a pack like any other.
  async takeOut({owner, ms}: Lease): Promise<string | undefined> {
    const [pack] = await this.database.$queryRaw<{root: string; state: string}[]>`
      UPDATE packs SET owner = ${owner}, lease_until = now() + ${ms}::float8 * interval '1 millisecond',
        state = CASE
          WHEN EXISTS (SELECT FROM waiting_ciphertexts WHERE waiting_ciphertexts.pack_root = packs.root) THEN 'making'
          WHEN EXISTS (SELECT FROM records WHERE records.pack_root = packs.root) THEN 'pinned'
          ELSE 'dropping' END
      WHERE root = (
        SELECT root FROM packs WHERE state = 'dropping' AND lease_until <= now()
        ORDER BY lease_until LIMIT 1 FOR UPDATE SKIP LOCKED
      ) RETURNING root, state`;
    return pack?.state === 'dropping' ? pack.root : undefined;
  }

  async keepUntil(root: string, {owner, ms}: Lease): Promise<void> {
    await this.database.$executeRaw`
      INSERT INTO packs (root, state, owner, lease_until)
      VALUES (${root}, 'dropping', ${owner}, now() + ${ms}::float8 * interval '1 millisecond')
      ON CONFLICT (root) DO UPDATE SET owner = EXCLUDED.owner, lease_until = EXCLUDED.lease_until
      WHERE packs.state = 'dropping'`;
  }

  // Were it named meanwhile, the foreign keys would refuse.
  async forget(root: string, owner: string): Promise<void> {
    await this.database.$executeRaw`
      DELETE FROM packs WHERE root = ${root} AND owner = ${owner} AND state = 'dropping'`;
  }
}
