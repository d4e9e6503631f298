import {PrismaPg} from '@prisma/adapter-pg';
import {databaseConnection} from './database-connection.js';
import type {DatabaseSettings} from './database-connection.js';
import {toDatabaseError} from './to-database-error.js';

/**
 * Who says nothing for so long within a transaction has vanished or stands still: PostgreSQL itself would keep the rows
 * that it holds locked for two hours, from the process in its place, too.
 */
const SILENT_MS = 10_000;
const POOL = {
  max: 10,
  connectionTimeoutMillis: 2_000,
  query_timeout: 10_000,
  idleTimeoutMillis: 30_000,
  idle_in_transaction_session_timeout: SILENT_MS,
} as const;

/** What a service's generated client is opened with. @param service its name, as PostgreSQL shows it */
export const clientOptions = (settings: DatabaseSettings, service: string) => ({
  adapter: new PrismaPg({...databaseConnection(settings), ...POOL, application_name: `vv-${service}`}),
  errorFormat: 'minimal' as const,
});

/** Extension of a client: whatever keeps the database from answering becomes `database-unavailable`. */
export const awayIsUnavailable = {
  query: {
    $allOperations: async ({args, query}: {args: unknown; query: (args: never) => Promise<unknown>}) => {
      try {
        return await query(args as never);
      } catch (error) {
        throw toDatabaseError(error);
      }
    },
  },
};

/** What can run several statements as one. */
export interface Transactions<Session> {
  $transaction<T>(work: (session: Session) => Promise<T>, limits: {maxWait: number; timeout: number}): Promise<T>;
}

const MAX_WAIT_MS = 5_000;

/** Runs `work` in one transaction. @throws DomainError `database-unavailable` */
export async function transaction<Session, T>(
  database: Transactions<Session>,
  work: (session: Session) => Promise<T>,
  timeoutMs = 20_000,
): Promise<T> {
  try {
    return await database.$transaction(work, {maxWait: MAX_WAIT_MS, timeout: timeoutMs});
  } catch (error) {
    throw toDatabaseError(error);
  }
}
