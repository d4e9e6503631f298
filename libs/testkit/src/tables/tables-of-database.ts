import pg from 'pg';
import {tableLines} from './tables.js';
import type {Column, Key, Tables} from './tables.js';

/** The table in which the migrations themselves are counted; no model has it. */
const COUNTED = 'vv_migrations';
const ACTIONS: Readonly<Record<string, string>> = {
  a: 'no action',
  r: 'restrict',
  c: 'cascade',
  n: 'set null',
  d: 'set default',
};

const COLUMNS = `
  SELECT c.relname AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
         a.attnotnull AS "notNull", (a.atthasdef OR a.attidentity <> '') AS filled
  FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped`;
// Unique indexes, whether a constraint made them or not; a partial one is no key.
const KEYS = `
  SELECT c.relname AS table, i.indisprimary AS primary, ARRAY(
           SELECT a.attname::text FROM unnest(i.indkey::int2[]) WITH ORDINALITY k(n, place)
           JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.n ORDER BY k.place) AS columns
  FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
  WHERE c.relnamespace = 'public'::regnamespace AND i.indisunique AND i.indpred IS NULL`;
const FOREIGN = `
  SELECT c.relname AS table, t.relname AS "toTable", f.confdeltype AS action,
         ARRAY(SELECT a.attname::text FROM unnest(f.conkey) WITH ORDINALITY k(n, place)
           JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.n ORDER BY k.place) AS columns,
         ARRAY(SELECT a.attname::text FROM unnest(f.confkey) WITH ORDINALITY k(n, place)
           JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.n ORDER BY k.place) AS "toColumns"
  FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class t ON t.oid = f.confrelid
  WHERE c.relnamespace = 'public'::regnamespace AND f.contype = 'f'`;

type Row<T> = T & {table: string};

/** The tables that a database really has, without the one in which migrations are counted. */
export async function tablesOfDatabase(databaseUrl: string): Promise<Tables> {
  const client = new pg.Client({connectionString: databaseUrl});
  await client.connect();
  try {
    const columns = (await client.query<Row<Column>>(COLUMNS)).rows;
    const keys = await allKeys(client);
    const tables = [...new Set(columns.map(({table}) => table))].filter((table) => table !== COUNTED);
    const of = <T>(rows: readonly Row<T>[], table: string): Row<T>[] => rows.filter((row) => row.table === table);
    return Object.fromEntries(tables.map((table) => [table, tableLines(of(columns, table), of(keys, table))]));
  } finally {
    await client.end();
  }
}

async function allKeys(client: pg.Client): Promise<Row<Key>[]> {
  const unique = (await client.query<{table: string; primary: boolean; columns: string[]}>(KEYS)).rows;
  const foreign = (
    await client.query<{table: string; columns: string[]; toTable: string; toColumns: string[]; action: string}>(
      FOREIGN,
    )
  ).rows;
  return [
    ...unique.map(({table, primary, columns}) => ({
      table,
      kind: primary ? ('primary' as const) : ('unique' as const),
      columns,
    })),
    ...foreign.map(({table, columns, toTable, toColumns, action}) => ({
      table,
      kind: 'foreign' as const,
      columns,
      to: {table: toTable, columns: toColumns, onDelete: ACTIONS[action] ?? action},
    })),
  ];
}
