import {raw} from '@prisma/client/runtime/client';
import type {SqlSession} from './sql-session.js';
import {tableOf} from './table-of.js';
import type {Cell, ColumnType} from './table-of.js';

/** How rows of a table are written by set. Names and types stand here in the source; only cells are parameters. */
export interface Table {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** What no two rows have alike: a row takes the place of the one that has it. Undefined: there must be none. */
  readonly key?: readonly string[];
  /** Columns of a row that is there already which stay as they are; all: it stays as it is. */
  readonly kept?: readonly string[] | 'all';
}

/** Rows of one statement: bounds its memory, and its time. */
const ROWS = 5_000;

/**
 * Writes all rows in their order, one statement for each 5,000.
 * @param rows cells in the order of the columns; none twice, unless what is there is kept
 * @returns how many were written
 */
export async function writeRows(
  session: Pick<SqlSession, '$executeRaw'>,
  table: Table,
  rows: readonly (readonly Cell[])[],
): Promise<number> {
  const names = raw(Object.keys(table.columns).join(', '));
  const columns = Object.fromEntries(
    Object.entries(table.columns).map(([name, type], at) => [name, [type, (row: readonly Cell[]) => row[at]] as const]),
  );
  let written = 0;
  for (let from = 0; from < rows.length; from += ROWS)
    written += await session.$executeRaw`
      INSERT INTO ${raw(table.name)} (${names})
      SELECT ${names} FROM ${tableOf(columns, rows.slice(from, from + ROWS))} AS given ORDER BY place
      ${raw(onConflict(table))}`;
  return written;
}

function onConflict({columns, key, kept = []}: Table): string {
  if (key === undefined) return '';
  if (kept === 'all') return `ON CONFLICT (${key.join(', ')}) DO NOTHING`;
  const others = Object.keys(columns).filter((column) => !key.includes(column) && !kept.includes(column));
  return `ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${others.map((one) => `${one} = EXCLUDED.${one}`).join(', ')}`;
}
