import {PrismaPg} from '@prisma/adapter-pg';
import {DomainError} from '@vitalvault/errors';
import {Prisma, PrismaClient} from './gen/client.js';

const POOL = {max: 10, connectionTimeoutMillis: 2_000, query_timeout: 10_000, idleTimeoutMillis: 30_000, application_name: 'vv-notify'} as const;

/** Opens the service's database; whatever keeps it from answering becomes `database-unavailable`. */
export function openDatabase(url: string) {
  const client = new PrismaClient({adapter: new PrismaPg({connectionString: url, ...POOL}), errorFormat: 'minimal'});
  return client.$extends({
    query: {
      $allOperations: async ({args, query}) => {
        try {
          return await query(args) as unknown;
        } catch (error) {
          throw toDomainError(error);
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
    throw toDomainError(error);
  }
}

function toDomainError(error: unknown): unknown {
  if (error instanceof DomainError) return error;
  if (error instanceof Prisma.PrismaClientKnownRequestError) return isAway(error) ? away(error) : error;
  if (error instanceof Prisma.PrismaClientValidationError) return error;
  const code = (error as {code?: unknown} | null)?.code;
  const message = error instanceof Error ? error.message : '';
  return (typeof code === 'string' && /^(E[A-Z]+|57P0\d|53\d{3}|08\d{3})$/.test(code)) || /timeout|terminated|ECONN|Can't reach/i.test(message) ? away(error) : error;
}

// P1xxx: connection · P2024: no connection of the pool in time · P2028: the transaction could not be started or went away · P2034: a deadlock was resolved against us.
const isAway = (error: {code: string; message: string}): boolean => /^(P1\d{3}|P2024|P2028|P2034)$/.test(error.code) || /ECONN|terminated|timeout/i.test(error.message);
const away = (cause: unknown): DomainError => new DomainError('database-unavailable', {cause});
