import type {Message} from './message-rules.js';
import {rulesOf} from './rules-of.js';

type AnyRules = Readonly<Record<string, ((value: unknown, message: unknown) => boolean) | undefined>>;

/** Name in the .proto of the first field, in its order, that breaks its rule; undefined: all are valid. */
export function refusedField({case: kind, value}: Message): string | undefined {
  const {schema, fields} = rulesOf(kind);
  const rules = fields as unknown as AnyRules;
  const values = value as unknown as Readonly<Record<string, unknown>>;
  const broken = schema.fields.find(({localName}) => rules[localName]?.(values[localName], value) !== true);
  return broken?.name;
}
