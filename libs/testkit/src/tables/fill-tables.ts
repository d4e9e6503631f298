import type pg from 'pg';

/** What goes behind `INSERT INTO table`: a list of columns, if not all, and a SELECT. */
export type Fills = Readonly<Record<string, string>>;

interface Named {
  readonly table: string;
  readonly name: string;
  readonly definition: string;
}

const CONSTRAINTS = `
  SELECT conrelid::regclass::text AS table, quote_ident(conname) AS name, pg_get_constraintdef(oid) AS definition, contype AS type
  FROM pg_constraint WHERE contype IN ('p', 'u', 'f') AND (conrelid = ANY($1::regclass[]) OR confrelid = ANY($1::regclass[]))`;
const INDEXES = `
  SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
  FROM pg_index WHERE indrelid = ANY($1::regclass[])
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u'))`;

/**
 * Fills tables with millions of rows in seconds: in one transaction, their keys and indexes made afterwards, without
 * triggers; with new files nothing goes through the log of PostgreSQL. What was in them is gone. Afterwards they are as
 * the migrations have them, but that no foreign key was looked at, and autovacuum leaves them alone: what it reads is
 * not what a spec asks for. Statistics are the caller's: `ANALYZE`.
 */
export async function fillTables(client: pg.Client, fills: Fills): Promise<void> {
  const tables = Object.keys(fills);
  const run = async (lines: readonly string[]): Promise<void> => {
    for (const line of lines) await client.query(line);
  };
  await run(['BEGIN', 'SET LOCAL session_replication_role = replica', "SET LOCAL maintenance_work_mem = '256MB'"]);
  const {rows: constraints} = await client.query<Named & {type: string}>(CONSTRAINTS, [tables]);
  const {rows: indexes} = await client.query<Named>(INDEXES, [tables]);
  const foreign = constraints.filter(({type}) => type === 'f');
  const keys = constraints.filter(({type}) => type !== 'f');
  await run([...foreign, ...keys].map(({table, name}) => `ALTER TABLE ${table} DROP CONSTRAINT ${name}`));
  await run(indexes.map(({name}) => `DROP INDEX ${name}`));
  await run(tables.map((table) => `ALTER TABLE ${table} SET (autovacuum_enabled = false)`));
  await run([`TRUNCATE ${tables.join(', ')}`, ...Object.entries(fills).map((fill) => `INSERT INTO ${fill.join(' ')}`)]);
  await run(keys.map(added));
  await run(indexes.map(({definition}) => definition));
  await run(foreign.map((one) => `${added(one)} NOT VALID`));
  await run(['COMMIT']);
}

const added = ({table, name, definition}: Named): string => `ALTER TABLE ${table} ADD CONSTRAINT ${name} ${definition}`;
