import {tableLines} from './tables.js';
import type {Column, Key, Tables} from './tables.js';

const TYPES: Readonly<Record<string, string>> = {
  BigInt: 'bigint',
  Int: 'integer',
  'Int @db.SmallInt': 'smallint',
  String: 'text',
  'String[]': 'text[]',
  Bytes: 'bytea',
  Boolean: 'boolean',
  'DateTime @db.Timestamptz': 'timestamp with time zone',
  'Decimal @db.Decimal(20, 0)': 'numeric(20,0)',
  'Decimal @db.Decimal(24, 0)': 'numeric(24,0)',
};
const ON_DELETE: Readonly<Record<string, string>> = {Cascade: 'cascade', Restrict: 'restrict', SetNull: 'set null'};

interface Field {
  readonly name: string;
  readonly type: string;
  /** '?' or '[]' or nothing. */
  readonly many: string;
  readonly rest: string;
}

interface Model {
  readonly table: string;
  readonly fields: readonly Field[];
  readonly rules: readonly string[];
}

/**
 * The tables that a Prisma schema describes. Reads what our schemas are written in: models of scalars and relations
 * with @map, @id, @unique, @default, @relation, @db.…, @@id, @@unique, @@map. Prisma's own model of the schema is no
 * public interface, and what the client keeps of it has neither nullability nor database types.
 * @throws Error for a type it does not know
 */
export function tablesOfModels(schema: string): Tables {
  const models = new Map(
    [...schema.matchAll(/^model (\w+) \{\n(.*?)^\}/gms)].map(([, name, body]) => [name, read(body)]),
  );
  return Object.fromEntries(
    [...models.values()].map((model) => [
      model.table,
      tableLines(
        model.fields.filter(({type}) => !models.has(type)).map(column),
        keys(model, (type) => models.get(type)),
      ),
    ]),
  );
}

function read(body = ''): Model {
  const lines = body.split('\n').map((line) => line.replace(/\/\/.*/, '').trim());
  const rules = lines.filter((line) => line.startsWith('@@'));
  const fields = lines.flatMap((line) => {
    const [, name, type, many = '', rest = ''] = /^(\w+)\s+(\w+)(\?|\[\])?\s*(.*)$/.exec(line) ?? [];
    return name === undefined || type === undefined ? [] : [{name, type, many, rest}];
  });
  return {table: argument(rules.find((rule) => rule.startsWith('@@map')) ?? '', /"(\w+)"/), fields, rules};
}

const argument = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';
const columnName = ({name, rest}: Field): string => argument(rest, /@map\("(\w+)"\)/) || name;

function column(field: Field): Column {
  const native = /@db\.\w+(?:\([\d, ]+\))?/.exec(field.rest)?.[0];
  const of = `${field.type}${field.many === '[]' ? '[]' : ''}`;
  const type = TYPES[native === undefined ? of : `${of} ${native}`];
  if (type === undefined) throw new Error(`field ${field.name}: which column is ${of} ${native ?? ''}?`);
  return {name: columnName(field), type, notNull: field.many !== '?', filled: field.rest.includes('@default(')};
}

function keys(model: Model, modelOf: (type: string) => Model | undefined): Key[] {
  const columnsOf = ({fields}: Model, names: string): string[] =>
    names.split(',').map((name) => {
      const field = fields.find((one) => one.name === name.trim());
      if (field === undefined) throw new Error(`${model.table}: a key names ${name}, which is no field`);
      return columnName(field);
    });
  const own = model.fields.flatMap((field): Key[] => [
    ...(/@id\b/.test(field.rest) ? [{kind: 'primary' as const, columns: [columnName(field)]}] : []),
    ...(/@unique\b/.test(field.rest) ? [{kind: 'unique' as const, columns: [columnName(field)]}] : []),
  ]);
  const named = model.rules.flatMap((rule): Key[] => {
    const [, kind, names] = /^@@(id|unique)\(\[(.*?)\]/.exec(rule) ?? [];
    return names === undefined ? [] : [{kind: kind === 'id' ? 'primary' : 'unique', columns: columnsOf(model, names)}];
  });
  const foreign = model.fields.flatMap((field): Key[] => {
    const target = modelOf(field.type);
    const [fields, references] = ['fields', 'references'].map((word) =>
      argument(field.rest, new RegExp(`${word}: \\[(.*?)\\]`)),
    );
    if (target === undefined || !fields || !references) return [];
    const onDelete = ON_DELETE[argument(field.rest, /onDelete: (\w+)/)] ?? 'no action';
    const to = {table: target.table, columns: columnsOf(target, references), onDelete};
    return [{kind: 'foreign', columns: columnsOf(model, fields), to}];
  });
  return [...own, ...named, ...foreign];
}
