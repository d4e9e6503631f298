/**
 * What tables a database has, in sentences that can be compared: by name of the table, sorted, a line a column
 * (`column seq: bigint, not null, default`) and a line a key (`unique (patient, seq)`).
 */
export type Tables = Readonly<Record<string, readonly string[]>>;

export interface Column {
  readonly name: string;
  /** As PostgreSQL names it: bigint, integer, smallint, text, bytea, boolean, timestamp with time zone. */
  readonly type: string;
  readonly notNull: boolean;
  /** It has a default, or numbers itself. */
  readonly filled: boolean;
}

export interface Key {
  readonly kind: 'primary' | 'unique' | 'foreign';
  readonly columns: readonly string[];
  /** Of a foreign key. `onDelete` as SQL says it, in lower case. */
  readonly to?: {readonly table: string; readonly columns: readonly string[]; readonly onDelete: string};
}

/** One table in sentences. */
export function tableLines(columns: readonly Column[], keys: readonly Key[]): string[] {
  const list = (names: readonly string[]): string => `(${names.join(', ')})`;
  return [
    ...columns.map(
      ({name, type, notNull, filled}) =>
        `column ${name}: ${type}${notNull ? ', not null' : ''}${filled ? ', default' : ''}`,
    ),
    ...keys.map(({kind, columns: of, to}) =>
      to === undefined
        ? `${kind} ${list(of)}`
        : `${kind} ${list(of)} to ${to.table} ${list(to.columns)} on delete ${to.onDelete}`,
    ),
  ].sort();
}
