import {createHash} from 'node:crypto';
import {readFile, readdir} from 'node:fs/promises';
import {join} from 'node:path';
import pg from 'pg';
import type {Logger} from '@vitalvault/process';
import {databaseConnection} from './database-connection.js';
import type {DatabaseSettings} from './database-connection.js';

/**
 * A migration that was applied has changed, or stands before one that was applied, or the schema is too new for this
 * program.
 */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

interface Migration {
  readonly name: string;
  /** Name of the newest migration that a program must know at the least to run on the schema after this one. */
  readonly runsFrom: string;
  readonly sql: string;
  readonly checksum: string;
}

// Any constant; the same for every service, since each has a database of its own.
const LOCK = 0x76_76_6d_67;
const CONNECT_MS = 10_000;
/** So long a migration says nothing to PostgreSQL: it does nothing between its statements. */
const SILENT_MS = 60_000;
const SERVICE_TABLES = join(import.meta.dirname, '..', 'prisma', 'migrations');

// `-- runs-from: 0004_waiting_owners.sql`, the first line of each file: its own name where no older program runs.
const RUNS_FROM = /^-- runs-from: (\d{4}_\w+\.sql)$/m;

/**
 * Applies `0000_service.sql`, then the SQL files of `dir` in the order of their names, each once and in a transaction
 * of its own. Processes that start together wait for each other. A file that was applied and has changed is refused:
 * history is not rewritten. One that was applied and is not here is of a newer program: it says from which program on
 * its schema is used, so a release that is rolled back by one version runs (ADR 0057).
 * @returns names of those applied now.
 * @throws MigrationError
 */
export async function runMigrations(options: DatabaseSettings & {dir: string; logger?: Logger}): Promise<string[]> {
  const wanted = await readMigrations(options.dir);
  return withClient(options, async (client) => {
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await client.query(
      'CREATE TABLE IF NOT EXISTS vv_migrations (name text PRIMARY KEY, checksum text NOT NULL, runs_from text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())',
    );
    const open = pending(wanted, await appliedRows(client));
    for (const migration of open) {
      await apply(client, migration);
      options.logger?.info('migration applied', {migration: migration.name});
    }
    return open.map((migration) => migration.name);
  });
}

/** Names of the migrations of `dir` that the database does not have yet; changes nothing. @throws MigrationError */
export async function pendingMigrations(options: DatabaseSettings & {dir: string}): Promise<string[]> {
  const wanted = await readMigrations(options.dir);
  return withClient(options, async (client) => {
    const {
      rows: [table],
    } = await client.query<{there: boolean}>("SELECT to_regclass('vv_migrations') IS NOT NULL AS there");
    return pending(wanted, table?.there === true ? await appliedRows(client) : []).map(({name}) => name);
  });
}

interface AppliedRow {
  name: string;
  checksum: string;
  runs_from: string;
}

async function appliedRows(client: pg.Client): Promise<AppliedRow[]> {
  return (await client.query<AppliedRow>('SELECT name, checksum, runs_from FROM vv_migrations ORDER BY name')).rows;
}

async function withClient<T>(settings: DatabaseSettings, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    ...databaseConnection(settings),
    application_name: 'vv-migrate',
    connectionTimeoutMillis: CONNECT_MS,
    // Else PostgreSQL keeps the lock of one that vanished for two hours, and nobody migrates.
    idle_in_transaction_session_timeout: SILENT_MS,
    options: `-c idle_session_timeout=${SILENT_MS}`,
  });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function pending(wanted: readonly Migration[], applied: readonly AppliedRow[]): Migration[] {
  const known = new Map(applied.map((row) => [row.name, row.checksum]));
  refuseUnknown(wanted, applied);
  const last = applied.at(-1)?.name ?? '';
  return wanted.filter((migration) => {
    const checksum = known.get(migration.name);
    if (checksum === undefined && migration.name < last)
      throw new MigrationError(`${migration.name} stands before ${last}, which was applied`);
    if (checksum !== undefined && checksum !== migration.checksum)
      throw new MigrationError(`${migration.name} was applied and has changed since`);
    return checksum === undefined;
  });
}

// What is not here and was applied: of a newer program, whose schema this one may run on or not.
function refuseUnknown(wanted: readonly Migration[], applied: readonly AppliedRow[]): void {
  const newest = wanted.at(-1)?.name ?? '';
  for (const {name, runs_from: runsFrom} of applied) {
    if (wanted.some((migration) => migration.name === name)) continue;
    if (name < newest) throw new MigrationError(`${name} was applied and is not here`);
    if (runsFrom > newest)
      throw new MigrationError(
        `the database is too new for this program, whose last migration is ${newest}: ${name} was applied, and needs one that knows ${runsFrom}. Run the version that applied it, or a newer one`,
      );
  }
}

async function apply(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('BEGIN');
  try {
    await client.query(migration.sql);
    await client.query('INSERT INTO vv_migrations (name, checksum, runs_from) VALUES ($1, $2, $3)', [
      migration.name,
      migration.checksum,
      migration.runsFrom,
    ]);
    await client.query('COMMIT');
  } catch (cause) {
    await client.query('ROLLBACK');
    throw new MigrationError(`${migration.name} failed`, {cause});
  }
}

/** Of the tables that every service has, then of the service's own. */
async function readMigrations(dir: string): Promise<Migration[]> {
  const own = await filesOf(dir);
  if (own.length === 0) throw new MigrationError('no migrations found');
  return [...(await filesOf(SERVICE_TABLES)), ...own];
}

async function filesOf(dir: string): Promise<Migration[]> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const sql = await readFile(join(dir, name), 'utf8');
      return {name, sql, runsFrom: runsFromOf(name, sql), checksum: createHash('sha256').update(sql).digest('hex')};
    }),
  );
}

function runsFromOf(name: string, sql: string): string {
  const [, runsFrom] = RUNS_FROM.exec(sql) ?? [];
  if (runsFrom === undefined || runsFrom > name)
    throw new MigrationError(`${name} does not say from which program on its schema is used: -- runs-from: <file>`);
  return runsFrom;
}
