import {awayIsUnavailable, clientOptions, transaction} from '@vitalvault/postgres';
import type {DatabaseSettings} from '@vitalvault/postgres';
import {PrismaClient} from './gen/client.js';

/** Opens the service's database; whatever keeps it from answering becomes `database-unavailable`. */
export const openDatabase = (settings: DatabaseSettings) =>
  new PrismaClient(clientOptions(settings, 'storage')).$extends(awayIsUnavailable);

export type Database = ReturnType<typeof openDatabase>;
/** The database, or one transaction of it. */
export type Session = Omit<Database, '$connect' | '$disconnect' | '$transaction' | '$extends' | '$on' | '$use'>;

/** Runs `work` in one transaction. @throws DomainError `database-unavailable` */
export const inTransaction = <T>(
  database: Database,
  work: (session: Session) => Promise<T>,
  timeoutMs?: number,
): Promise<T> => transaction<Session, T>(database, work, timeoutMs);
