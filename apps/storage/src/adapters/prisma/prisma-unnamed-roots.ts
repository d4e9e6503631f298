import type {Lease, UnnamedRoots} from '../../application/ports.js';
import type {Database} from './database.js';

/** Roots that no record names, in PostgreSQL. */
export class PrismaUnnamedRoots implements UnnamedRoots {
  constructor(private readonly database: Database) {}

  // A step in an index for each pack, by its form: how a page is joined with all packs and records is a guess of plans.
  async find(after: string, packs: number): Promise<{last: string | undefined; found: number}> {
    const page = await this.database.$queryRaw<{root: string; unnamed: boolean}[]>`
      SELECT page.root, page.state = 'pinned' AND named.pack_root IS NULL AS unnamed
      FROM (SELECT root, state FROM packs WHERE root > ${after} ORDER BY root LIMIT ${packs}) AS page
      LEFT JOIN LATERAL (SELECT pack_root FROM records WHERE pack_root = page.root LIMIT 1) AS named ON true
      ORDER BY page.root`;
    const unnamed = page.filter((pack) => pack.unnamed).map(({root}) => root);
    const found =
      unnamed.length === 0
        ? 0
        : await this.database.$executeRaw`
            UPDATE packs SET state = 'dropping', owner = NULL, lease_until = now()
            WHERE root = ANY(${unnamed}) AND state = 'pinned'
              AND NOT EXISTS (SELECT FROM records WHERE records.pack_root = packs.root)`;
    return {last: page.at(-1)?.root, found};
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
