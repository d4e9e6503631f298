import {clone, isMessage, ScalarType} from '@bufbuild/protobuf';
import type {DescField, DescMessage, Message, MessageShape} from '@bufbuild/protobuf';
import {build} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';

/** A message with one of its numbers at an end of its range. */
export interface ExtremeNumber<M> {
  /** For example `request.slotTo = 4294967295`. */
  readonly name: string;
  readonly message: M;
}

type Loose = Record<string, unknown>;

const VALUES = new Map<ScalarType, readonly (number | bigint)[]>([
  [ScalarType.UINT32, [0, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]],
  [ScalarType.UINT64, [0n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n]],
]);

/**
 * Every uint32 and uint64 of a message and of what it holds, each at 0, round the sign bit and at its greatest; the
 * fields come from the schema, so that a new one is among them.
 * @param sample holds at least one of each nested message, so that none is passed over: else it throws
 * @param absent names of messages that the sample is right not to have
 */
export function extremeNumbers<D extends DescMessage>(
  schema: D,
  sample: FieldsOf<D>,
  absent: readonly string[] = [],
): ExtremeNumber<MessageShape<D>>[] {
  const whole = build(schema, sample);
  return placesOf(schema, whole, {path: [], absent}).flatMap(({path, scalar, list}) =>
    (VALUES.get(scalar) ?? []).map((value) => {
      const message = clone(schema, whole);
      put(message, path, list ? [value] : value);
      return {name: `${path.join('.')} = ${String(value)}`, message};
    }),
  );
}

interface Place {
  readonly path: readonly string[];
  readonly scalar: ScalarType;
  readonly list: boolean;
}

/** Where the walk is, and what it may miss. */
interface Walk {
  readonly path: readonly string[];
  readonly absent: readonly string[];
}

function placesOf(schema: DescMessage, message: Message, {path, absent}: Walk): Place[] {
  return schema.fields.flatMap((field): Place[] => {
    const {oneof} = field;
    const chosen = oneof === undefined ? undefined : ((message as unknown as Loose)[oneof.localName] as OneOf);
    // Of a oneof only the member that the sample has: the caller brings a sample for each.
    if (oneof !== undefined && chosen?.case !== field.localName) return [];
    const at = oneof === undefined ? [...path, field.localName] : [...path, oneof.localName, 'value'];
    const value = oneof === undefined ? (message as unknown as Loose)[field.localName] : chosen?.value;
    return placesOfField(field, value, {path: at, absent});
  });
}

interface OneOf {
  readonly case: string | undefined;
  readonly value?: unknown;
}

function placesOfField(field: DescField, value: unknown, {path, absent}: Walk): Place[] {
  if (field.fieldKind === 'scalar') return VALUES.has(field.scalar) ? [{path, scalar: field.scalar, list: false}] : [];
  if (field.fieldKind === 'list' && field.listKind === 'scalar')
    return VALUES.has(field.scalar) ? [{path, scalar: field.scalar, list: true}] : [];
  if (field.message === undefined) return [];
  const [nested, at] = Array.isArray(value) ? [(value as unknown[])[0], [...path, '0']] : [value, path];
  if (nested === undefined && absent.includes(path.join('.'))) return [];
  if (!isMessage(nested)) throw new Error(`the sample has no ${path.join('.')}`);
  return placesOf(field.message, nested, {path: at, absent});
}

function put(message: Message, path: readonly string[], value: unknown): void {
  const [last, holder] = [path.at(-1) ?? '', path.slice(0, -1)];
  const target = holder.reduce<Loose>((at, part) => at[part] as Loose, message as unknown as Loose);
  target[last] = value;
}
