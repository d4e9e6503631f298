import {DomainError} from '@vitalvault/errors';

interface Answered {
  readonly name?: unknown;
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: {readonly originalCode?: unknown};
}

/**
 * Of what Prisma (with the adapter for pg) throws: errors that a query can be answered with stay what they are; every
 * other one means that the database is not there, not itself, or lets us not in, and becomes `database-unavailable`.
 * Told by their fields, because each service generates Prisma's classes for itself. A consumer that takes such an error
 * for a fault of its message would stand, and not wait.
 */
export function toDatabaseError(error: unknown): unknown {
  if (error instanceof DomainError || typeof error !== 'object' || error === null) return error;
  const {name, code, message, cause} = error as Answered;
  const text = typeof message === 'string' ? message : '';
  if (name === 'PrismaClientValidationError') return error;
  if (name === 'PrismaClientKnownRequestError') return isAnswer(String(code), text) ? error : away(error);
  // What Prisma's adapter throws when a transaction begins or ends comes as it is.
  return AWAY_TEXT.test(text) || isAwayCode(cause?.originalCode ?? code) ? away(error) : error;
}

const isAwayCode = (code: unknown): boolean =>
  typeof code === 'string' && (/^E[A-Z]+$/.test(code) || isAwayState(code));

const AWAY_TEXT = /timeout|terminated|ECONN|Can't reach|opening a TLS connection/i;

/**
 * P1xxx is the connection, P2024 the pool, P2028 a transaction that went away, P2034 a deadlock resolved against us,
 * P2037 that it has no connection to spare.
 * PostgreSQL's own refusals come as P2010 or P2039 with the SQLSTATE in the text only: 57P03 "starting up" after a
 * crash is one, 28P01 after a password was changed another.
 */
function isAnswer(code: string, message: string): boolean {
  if (/^(P1\d{3}|P2024|P2028|P2034|P2037)$/.test(code) || AWAY_TEXT.test(message)) return false;
  const state = /Code: `([0-9A-Z]{5})`/.exec(message)?.[1];
  return state === undefined || !isAwayState(state);
}

/**
 * SQLSTATE classes: connection, who may come in, which database, transaction rolled back, resources, operator (shut
 * down, starting up), system, and internal errors. Beside them: it only lets itself be read, as a standby does (25006);
 * a transaction ran out of time (25P03, 25P04); somebody else holds the lock (55P03).
 */
const isAwayState = (state: string): boolean =>
  /^(?:(?:08|28|3D|40|53|57|58|XX)[0-9A-Z]{3}|25006|25P03|25P04|55P03)$/.test(state);

const away = (cause: unknown): DomainError => new DomainError('database-unavailable', {cause});
