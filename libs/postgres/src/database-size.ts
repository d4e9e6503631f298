import type {Finding} from '@vitalvault/process';
import type {SqlSession} from './sql-session.js';

const GIB = 1_073_741_824;
const inGiB = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;

async function sizeOf(database: SqlSession): Promise<number> {
  const [row] = await database.$queryRaw<{bytes: bigint}[]>`SELECT pg_database_size(current_database()) AS bytes`;
  return Number(row?.bytes ?? 0n);
}

/**
 * Readiness: that the database has become as large as it was to say; undefined: it has not. How much room is left on
 * the disk of PostgreSQL nobody can ask it for.
 * @param limit.databaseWarnBytes undefined: nothing is asked
 */
export async function databaseSize(
  database: SqlSession,
  {databaseWarnBytes}: {readonly databaseWarnBytes?: number | undefined},
): Promise<Finding | undefined> {
  if (databaseWarnBytes === undefined) return undefined;
  const bytes = await sizeOf(database);
  return bytes < databaseWarnBytes
    ? undefined
    : {reason: `it has ${inGiB(bytes)}, and was to say so from ${inGiB(databaseWarnBytes)} on: enlarge its volume`};
}
