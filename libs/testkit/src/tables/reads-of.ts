import pg from 'pg';
import {eventually} from '../eventually.js';

/** What was read of a table, by PostgreSQL's own count. */
export interface TableReads {
  /** From end to end. */
  readonly scans: number;
  /** Rows that an index led to. */
  readonly rows: number;
  /** Of 8 KiB, of the table and its indexes. */
  readonly pages: number;
}

const COUNTS = `
  SELECT s.relname AS name, s.seq_scan AS scans, coalesce(s.idx_tup_fetch, 0) AS rows,
    heap_blks_read + heap_blks_hit + coalesce(idx_blks_read + idx_blks_hit, 0) AS pages
  FROM pg_stat_user_tables s JOIN pg_statio_user_tables io USING (relid)`;
const OTHERS = `
  SELECT 1 FROM pg_stat_activity
  WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`;

/**
 * What `work` reads of each table, whatever the time it takes. @param work by connections of its own, which it ends:
 * one tells what it has read when it ends at the latest
 */
export async function readsOf(
  databaseUrl: string,
  work: () => Promise<unknown>,
): Promise<ReadonlyMap<string, TableReads>> {
  const client = new pg.Client({connectionString: databaseUrl});
  await client.connect();
  try {
    const before = await counts(client);
    await work();
    await eventually(async () => {
      const {rows} = await client.query(OTHERS);
      if (rows.length > 0) throw new Error('connections are open that may have read something');
    }, 30_000);
    const after = await counts(client);
    return new Map([...after].map(([name, reads]) => [name, less(reads, before.get(name))]));
  } finally {
    await client.end();
  }
}

const NONE: TableReads = {scans: 0, rows: 0, pages: 0};

const less = (now: TableReads, before = NONE): TableReads => ({
  scans: now.scans - before.scans,
  rows: now.rows - before.rows,
  pages: now.pages - before.pages,
});

async function counts(client: pg.Client): Promise<ReadonlyMap<string, TableReads>> {
  const {rows} = await client.query<Record<keyof TableReads | 'name', string>>(COUNTS);
  return new Map(
    rows.map(({name, scans, rows: fetched, pages}) => [
      name,
      {scans: Number(scans), rows: Number(fetched), pages: Number(pages)},
    ]),
  );
}
