import {observe, recently} from '@vitalvault/process';
import type {SqlSession} from './sql-session.js';

const MEASURED_EVERY_MS = 60_000;

/** What the role of a service may know of its PostgreSQL. */
export interface DatabaseMeasures {
  readonly bytes: number;
  /** Of the whole server, whoever has them. */
  readonly connections: number;
  /** That users may have together. */
  readonly connectionsCeiling: number;
  /** Of the oldest transaction that is open in this database and that this role may see. */
  readonly transactionSeconds: number;
}

/**
 * Tells as metrics what the service sees of its database: it needs no exporter, no further role and no way in to a
 * server that others run. Standbys, disks and locks of others only their own exporter can tell.
 */
export function watchDatabase(database: SqlSession): void {
  const look = recently(MEASURED_EVERY_MS, () => measureDatabase(database));
  observe('vitalvault.database.size', async () => (await look()).bytes);
  observe('vitalvault.database.connections', async () => (await look()).connections);
  observe('vitalvault.database.connections_ceiling', async () => (await look()).connectionsCeiling);
  observe('vitalvault.database.transaction_age', async () => (await look()).transactionSeconds);
}

interface Row {
  readonly bytes: bigint | string;
  readonly connections: number;
  readonly ceiling: number;
  readonly oldest: number;
}

// pg_stat_database counts everybody's; of pg_stat_activity a role sees the times of its own, more with pg_monitor.
export async function measureDatabase(database: SqlSession): Promise<DatabaseMeasures> {
  const [row] = await database.$queryRaw<Row[]>`
    SELECT pg_database_size(current_database()) AS bytes,
      (SELECT sum(numbackends) FROM pg_stat_database)::integer AS connections,
      current_setting('max_connections')::integer - current_setting('superuser_reserved_connections')::integer AS ceiling,
      COALESCE((
        SELECT max(extract(epoch FROM clock_timestamp() - xact_start)) FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
      ), 0)::float8 AS oldest`;
  if (row === undefined) throw new Error('PostgreSQL answered with no row');
  return {
    bytes: Number(row.bytes),
    connections: row.connections,
    connectionsCeiling: row.ceiling,
    transactionSeconds: Math.max(0, row.oldest),
  };
}
