import {PrismaPg} from '@prisma/adapter-pg';
import {databaseConnection, toDatabaseError} from '@vitalvault/postgres';
import type {DatabaseSettings} from '@vitalvault/postgres';
import {PrismaClient} from './gen/client.js';

const POOL = {
  max: 10,
  connectionTimeoutMillis: 2_000,
  query_timeout: 10_000,
  idleTimeoutMillis: 30_000,
  application_name: 'vv-notify',
} as const;

/** Opens the service's database; whatever keeps it from answering becomes `database-unavailable`. */
export function openDatabase(settings: DatabaseSettings) {
  const client = new PrismaClient({
    adapter: new PrismaPg({...databaseConnection(settings), ...POOL}),
    errorFormat: 'minimal',
  });
  return client.$extends({
    query: {
      $allOperations: async ({args, query}) => {
        try {
          return (await query(args)) as unknown;
        } catch (error) {
          throw toDatabaseError(error);
        }
      },
    },
  });
}

export type Database = ReturnType<typeof openDatabase>;
/** The database, or one transaction of it. */
export type Session = Omit<Database, '$connect' | '$disconnect' | '$transaction' | '$extends' | '$on' | '$use'>;

/** Runs `work` in one transaction. @throws DomainError `database-unavailable` */
export async function inTransaction<T>(database: Database, work: (session: Session) => Promise<T>): Promise<T> {
  try {
    return await database.$transaction(work, {maxWait: 5_000, timeout: 20_000});
  } catch (error) {
    throw toDatabaseError(error);
  }
}
