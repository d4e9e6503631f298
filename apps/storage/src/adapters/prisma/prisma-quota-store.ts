import type {QuotaDemand, QuotaStore, QuotaTaken} from '../../application/quota-store.js';
import {STATE} from '../../domain/record.js';
import type {Database} from './database.js';
import {Prisma} from './gen/client.js';

/** Rows that nobody took from for so long are forgotten: whatever the settings, such a bucket is full again. */
const KEPT_MS = 86_400_000;
/** Looked at in one round of forgetting: a million are looked through in some hours. */
const LOOKED_AT = 5_000;
/** A row is made where there is none, then it is taken from; only forgetting could take it away in between. */
const ATTEMPTS = 3;

const NOW_MS = Prisma.sql`(extract(epoch FROM clock_timestamp()) * 1000)::bigint`;
const STORED = Prisma.raw(`state = ${String(STATE.stored)}`);

/**
 * Quotas in PostgreSQL, in a table without a log of its own: they are worth no disk write. A crash or a fail-over
 * empties it, and everybody has her burst once more. Counted in thousandths, which are what comes back in a
 * millisecond.
 */
export class PrismaQuotaStore implements QuotaStore {
  #looked = {kind: '', owner: ''};

  constructor(private readonly database: Database) {}

  async take(demands: readonly QuotaDemand[]): Promise<QuotaTaken> {
    if (demands.length === 0) return {waitMs: 0, left: []};
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const taken = await this.#take(demands);
      if (taken !== undefined) return taken;
      await this.#begin(demands);
    }
    throw new Error('rows of quotas were forgotten while they were used');
  }

  async waiting(owners: readonly string[], most: number): Promise<readonly number[]> {
    const rows = await this.database.$queryRaw<{waiting: bigint}[]>`
      SELECT (
        SELECT count(*) FROM (SELECT FROM waiting_ciphertexts WHERE patient = asked.owner AND pack_root IS NULL LIMIT ${most}) AS unpacked
      ) + (
        SELECT count(*) FROM (SELECT FROM records WHERE patient = asked.owner AND ${STORED} AND anchor_tx IS NULL LIMIT ${most}) AS stored
      ) AS waiting
      FROM unnest(${[...owners]}::text[]) WITH ORDINALITY AS asked (owner, place) ORDER BY place`;
    return rows.map(({waiting}) => Number(waiting));
  }

  /** Forgets those that are full again for long, a page a round. @returns 0: no further page in this round */
  async prune(): Promise<number> {
    const {kind, owner} = this.#looked;
    const [page] = await this.database.$queryRaw<{kind: string; owner: string}[]>`
      WITH page AS (
        SELECT kind, owner, at_ms FROM quota_levels WHERE (kind, owner) > (${kind}, ${owner}) ORDER BY kind, owner LIMIT ${LOOKED_AT}
      ), forgotten AS (
        DELETE FROM quota_levels USING page
        WHERE quota_levels.kind = page.kind AND quota_levels.owner = page.owner AND quota_levels.at_ms < ${NOW_MS} - ${KEPT_MS}
      )
      SELECT kind, owner FROM page ORDER BY kind DESC, owner DESC LIMIT 1`;
    this.#looked = page ?? {kind: '', owner: ''};
    return 0;
  }

  // Rows are locked in one order, so that no two bodies wait for each other. Undefined: one of them has no row.
  async #take(demands: readonly QuotaDemand[]): Promise<QuotaTaken | undefined> {
    const rows = await this.database.$queryRaw<{level: bigint; fits: boolean}[]>`
      WITH held AS MATERIALIZED (
        SELECT kind, owner, place, records * 1000 AS wanted, burst * 1000 AS most, refill, thousandths, at_ms, ${NOW_MS} AS now_ms
        FROM ${wantedOf(demands)} JOIN quota_levels USING (kind, owner)
        ORDER BY kind, owner FOR UPDATE OF quota_levels
      ), filled AS (
        SELECT kind, owner, place, wanted, GREATEST(now_ms, at_ms) AS at_ms,
          LEAST(most, thousandths + refill * GREATEST(now_ms - at_ms, 0)) AS level
        FROM held
      ), judged AS MATERIALIZED (
        SELECT *, count(*) OVER () = ${demands.length} AND bool_and(level >= wanted) OVER () AS fits FROM filled
      ), taken AS (
        UPDATE quota_levels SET thousandths = level - wanted, at_ms = judged.at_ms
        FROM judged WHERE quota_levels.kind = judged.kind AND quota_levels.owner = judged.owner AND fits
      )
      SELECT level, fits FROM judged ORDER BY place`;
    if (rows.length < demands.length) return undefined;
    return takenOf(
      demands,
      rows.map(({level}) => Number(level)),
      rows[0]?.fits === true,
    );
  }

  async #begin(demands: readonly QuotaDemand[]): Promise<void> {
    await this.database.$executeRaw`
      INSERT INTO quota_levels (kind, owner, thousandths, at_ms)
      SELECT kind, owner, burst * 1000, ${NOW_MS} FROM ${wantedOf(demands)} ORDER BY kind, owner
      ON CONFLICT DO NOTHING`;
  }
}

const wantedOf = (demands: readonly QuotaDemand[]): Prisma.Sql => Prisma.sql`
  unnest(
    ${demands.map(({kind}) => kind)}::text[], ${demands.map(({owner}) => owner)}::text[],
    ${demands.map(({records}) => BigInt(records))}::bigint[], ${demands.map(({burst}) => BigInt(burst))}::bigint[],
    ${demands.map(({refillPerSecond}) => BigInt(refillPerSecond))}::bigint[]
  ) WITH ORDINALITY AS wanted (kind, owner, records, burst, refill, place)`;

function takenOf(demands: readonly QuotaDemand[], levels: readonly number[], taken: boolean): QuotaTaken {
  const known = demands.map((demand, place) => ({...demand, level: levels[place] ?? 0}));
  const waits = known.map(({records, refillPerSecond, level}) =>
    Math.ceil((records * 1_000 - level) / refillPerSecond),
  );
  return {
    waitMs: taken ? 0 : Math.max(1, ...waits),
    left: known.map(({records, level}) => Math.ceil(Math.max(0, level - (taken ? records * 1_000 : 0)) / 1_000)),
  };
}
