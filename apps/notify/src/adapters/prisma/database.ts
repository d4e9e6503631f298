import {PrismaPg} from '@prisma/adapter-pg';
import {DomainError} from '@vitalvault/errors';
import {databaseConnection} from '@vitalvault/nest-service';
import type {DatabaseSettings} from '@vitalvault/nest-service';
import {Prisma, PrismaClient} from './gen/client.js';

const POOL = {max: 10, connectionTimeoutMillis: 2_000, query_timeout: 10_000, idleTimeoutMillis: 30_000, application_name: 'vv-notify'} as const;

/** Opens the service's database; whatever keeps it from answering becomes `database-unavailable`. */
export function openDatabase(settings: DatabaseSettings) {
  const client = new PrismaClient({adapter: new PrismaPg({...databaseConnection(settings), ...POOL}), errorFormat: 'minimal'});
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

/** Errors that a query can be answered with stay what they are; every other one means that the database is not there or not itself. */
export function toDomainError(error: unknown): unknown {
  if (error instanceof DomainError || error instanceof Prisma.PrismaClientValidationError) return error;
  if (error instanceof Prisma.PrismaClientKnownRequestError) return isAnswer(error) ? error : away(error);
  const code = (error as {code?: unknown} | null)?.code;
  const message = error instanceof Error ? error.message : '';
  const known = (typeof code === 'string' && (/^E[A-Z]+$/.test(code) || isAwayState(code))) || /timeout|terminated|ECONN|Can't reach/i.test(message);
  return known ? away(error) : error;
}

/**
 * P1xxx is the connection, P2024 the pool, P2028 a transaction that went away, P2034 a deadlock resolved against us. PostgreSQL's own refusals come as
 * P2010 or P2039 with the SQLSTATE in the text only: 57P03 "starting up" after a crash is one, and what a consumer takes for a fault of its message
 * there would be put aside for good.
 */
function isAnswer({code, message}: {code: string; message: string}): boolean {
  if (/^(P1\d{3}|P2024|P2028|P2034)$/.test(code) || /ECONN|terminated|timeout|Can't reach/i.test(message)) return false;
  const state = /Code: `([0-9A-Z]{5})`/.exec(message)?.[1];
  return state === undefined || !isAwayState(state);
}

/** SQLSTATE classes: connection, transaction rolled back, resources, operator (shut down, starting up), system, and internal errors. */
const isAwayState = (state: string): boolean => /^(08|40|53|57|58|XX)[0-9A-Z]{3}$/.test(state);

const away = (cause: unknown): DomainError => new DomainError('database-unavailable', {cause});
