import {Sql, join, raw, sqltag as sql} from '@prisma/client/runtime/client';

/** What a column may hold; undefined is NULL, and of bytes none. */
export type Cell = string | number | bigint | boolean | Uint8Array | undefined;

/** `text?` takes NULL, and has it for the empty text. */
export type ColumnType = 'text' | 'text?' | 'bytea' | 'smallint' | 'int' | 'bigint' | 'numeric' | 'boolean';

/** By its name in SQL: its type, and what of a row it holds. Names and types stand in the source. */
export type Columns<Row> = Readonly<Record<string, readonly [ColumnType, (row: Row) => Cell]>>;

/** A column in the list of unnest, and what is selected of it. */
interface Part {
  readonly lists: readonly Sql[];
  readonly names: readonly string[];
  readonly cell: Sql;
}

/**
 * Rows as a table that a statement of Prisma reads, whatever it does with them: `… FROM ${tableOf(columns, rows)} AS
 * given`. A last column `place` counts them from 1. A parameter or two for each column, not for each cell.
 */
export function tableOf<Row>(columns: Columns<Row>, rows: readonly Row[]): Sql {
  const parts = Object.entries(columns).map(([name, [type, of]]) => partOf(name, type, rows.map(of)));
  const names = parts.flatMap((part) => part.names);
  return sql`(SELECT ${join(parts.map(({cell}) => cell))}, place
    FROM unnest(${join(parts.flatMap(({lists}) => lists))}) WITH ORDINALITY AS cell (${raw(names.join(', '))}, place))`;
}

function partOf(name: string, type: ColumnType, cells: readonly Cell[]): Part {
  if (type === 'bytea') return partOfBytes(name, cells);
  const cell = type === 'text' ? name : type === 'text?' ? `NULLIF(${name}, '')` : `NULLIF(${name}, '')::${type}`;
  return {lists: [listOf(cells.map((one) => String(one ?? '')))], names: [name], cell: raw(`${cell} AS ${name}`)};
}

// All of a column in one piece, and where each begins: as an array each would be written as text, and escaped, in turn
// by Prisma and by the driver, which took most of the time of a statement with ciphertexts.
function partOfBytes(name: string, cells: readonly Cell[]): Part {
  const pieces = cells.map((cell) => (cell instanceof Uint8Array ? cell : new Uint8Array()));
  let end = 1;
  const begins = pieces.map(({length}) => (end += length) - length);
  return {
    lists: [listOf(begins.map(String)), listOf(pieces.map(({length}) => String(length)))],
    names: [`${name}_at`, `${name}_bytes`],
    cell: sql`substring(${Buffer.concat(pieces)}::bytea FROM ${raw(`${name}_at`)}::int FOR ${raw(`${name}_bytes`)}::int) AS ${raw(name)}`,
  };
}

// One text is written and read much faster than an array of them; where a comma could not tell them apart, an array.
function listOf(cells: readonly string[]): Sql {
  const joined = cells.join(',');
  const apart = joined !== '' && !cells.some((cell) => cell.includes(','));
  return apart ? sql`string_to_array(${joined}::text, ',')` : sql`${cells}::text[]`;
}
