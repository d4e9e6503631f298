import {Sql} from '@prisma/client/runtime/client';
import {toHex} from '@vitalvault/contracts';

/** What a column may hold; undefined is NULL, and of bytes none. */
export type Cell = string | number | bigint | boolean | Uint8Array | undefined;

/** `text?` takes NULL, and has it for the empty text. */
export type ColumnType = 'text' | 'text?' | 'bytea' | 'smallint' | 'int' | 'bigint' | 'numeric' | 'boolean';

/** By its name in SQL: its type, and what of a row it holds. Names and types stand in the source. */
export type Columns<Row> = Readonly<Record<string, readonly [ColumnType, (row: Row) => Cell]>>;

/**
 * Rows as a table that a statement of Prisma reads, whatever it does with them: `… FROM ${tableOf(columns, rows)} AS
 * given`. A last column `place` counts them from 1. A parameter for each column, not for each cell.
 */
export function tableOf<Row>(columns: Columns<Row>, rows: readonly Row[]): Sql {
  const names = Object.keys(columns);
  const cells = Object.entries(columns).map(([name, [type]]) => `${fromText(name, type)} AS ${name}`);
  return new Sql(
    [
      `(SELECT ${cells.join(', ')}, place FROM unnest(`,
      ...names.slice(1).map(() => '::text[], '),
      `::text[]) WITH ORDINALITY AS cell (${names.join(', ')}, place))`,
    ],
    Object.values(columns).map(([, of]) => rows.map((row) => textOf(of(row)))),
  );
}

// All travels as text, since a driver's arrays of other types are not to be relied on.
function textOf(cell: Cell): string {
  if (cell === undefined) return '';
  return cell instanceof Uint8Array ? toHex(cell) : String(cell);
}

function fromText(column: string, type: ColumnType): string {
  if (type === 'text') return column;
  if (type === 'text?') return `NULLIF(${column}, '')`;
  return type === 'bytea' ? `decode(${column}, 'hex')` : `NULLIF(${column}, '')::${type}`;
}
