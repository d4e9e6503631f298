import {raw} from '@prisma/client/runtime/client';
import type {Sql} from '@prisma/client/runtime/client';
import type {SqlSession} from './sql-session.js';

/** Rows whose time is over. Names stand in the source. */
export interface Sweep {
  readonly table: string;
  /** Column of an index that begins with the oldest. */
  readonly oldest: string;
  /** Which may go: what they were kept for is done. */
  readonly over: Sql;
}

/**
 * Deletes rows whose time is over, oldest first, `most` at the most: a statement is short. What another process is just
 * deleting is passed over, so none waits for another.
 * @returns how many
 */
export const sweepRows = async (
  session: Pick<SqlSession, '$executeRaw'>,
  {table, oldest, over}: Sweep,
  most: number,
): Promise<number> => session.$executeRaw`
  DELETE FROM ${raw(table)} WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM ${raw(table)} WHERE ${over} ORDER BY ${raw(oldest)} LIMIT ${most} FOR UPDATE SKIP LOCKED))`;
