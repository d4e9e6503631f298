import {toHex} from '@vitalvault/contracts';
import type {Session} from './database.js';

/** What a column may hold; all travels as text, since a driver's arrays of other types are not to be relied on. */
type Cell = string | number | bigint | boolean | Uint8Array | undefined;

type ColumnType = 'text' | 'bytea' | 'int' | 'bigint' | 'numeric' | 'boolean';

/** How rows of a table are written by set. Names and types stand here in the source; only cells are parameters. */
export interface Table {
  readonly name: string;
  readonly columns: Readonly<Record<string, ColumnType>>;
  /** A row under the same key takes its place; undefined: there must be none. */
  readonly key?: readonly string[];
  /** Columns of a row that is there already which stay as they are. */
  readonly kept?: readonly string[];
}

/** Rows of one statement: bounds its memory, and its time. */
const ROWS = 5_000;

/** Writes all rows, one statement for each 5,000. @param rows cells in the order of the columns; none twice */
export async function writeRows(session: Session, table: Table, rows: readonly (readonly Cell[])[]): Promise<void> {
  for (let from = 0; from < rows.length; from += ROWS) {
    const part = rows.slice(from, from + ROWS);
    const columns = Object.keys(table.columns).map((_, at) => part.map((row) => textOf(row[at])));
    await session.$executeRawUnsafe(insertInto(table), ...columns);
  }
}

function insertInto({name, columns, key, kept = []}: Table): string {
  const names = Object.keys(columns);
  const cells = Object.entries(columns).map(([column, type]) => fromText(column, type));
  const parameters = names.map((_, at) => `$${String(at + 1)}::text[]`);
  const others = names.filter((column) => key?.includes(column) === false && !kept.includes(column));
  const onConflict =
    key === undefined
      ? ''
      : ` ON CONFLICT (${key.join(', ')}) DO UPDATE SET ${others.map((one) => `${one} = EXCLUDED.${one}`).join(', ')}`;
  return (
    `INSERT INTO ${name} (${names.join(', ')}) SELECT ${cells.join(', ')} ` +
    `FROM unnest(${parameters.join(', ')}) AS given (${names.join(', ')})${onConflict}`
  );
}

function fromText(column: string, type: ColumnType): string {
  if (type === 'text') return column;
  return type === 'bytea' ? `decode(${column}, 'hex')` : `NULLIF(${column}, '')::${type}`;
}

function textOf(cell: Cell): string {
  if (cell === undefined) return '';
  return cell instanceof Uint8Array ? toHex(cell) : String(cell);
}
