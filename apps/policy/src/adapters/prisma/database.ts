import {awayIsUnavailable, clientOptions, transaction} from '@vitalvault/postgres';
import type {DatabaseSettings} from '@vitalvault/postgres';
import {PrismaClient} from './gen/client.js';

/** Opens the service's database; whatever keeps it from answering becomes `database-unavailable`. */
export const openDatabase = (settings: DatabaseSettings) =>
  new PrismaClient(clientOptions(settings, 'policy')).$extends(awayIsUnavailable);

export type Database = ReturnType<typeof openDatabase>;
/** The database, or one transaction of it. */
export type Session = Omit<Database, '$connect' | '$disconnect' | '$transaction' | '$extends' | '$on' | '$use'>;

/** A legal block has thousands of transactions; whatever it takes, it must get through. */
const BLOCK_MS = 600_000;

/** Runs `work` in one transaction; a block may take long. @throws DomainError `database-unavailable` */
export const inTransaction = <T>(database: Database, work: (session: Session) => Promise<T>): Promise<T> =>
  transaction<Session, T>(database, work, BLOCK_MS);
