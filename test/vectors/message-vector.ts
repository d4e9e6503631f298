import {ScalarType, toJson} from '@bufbuild/protobuf';
import type {DescMessage, JsonValue} from '@bufbuild/protobuf';
import {TAGS, build, encodeCanonical, fromHex, taggedHash, toHex} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';
import {signDigest} from '@vitalvault/envelope';
import {keys} from './vector-keys.ts';
import type {SignerName} from './vector-keys.ts';

/** A message by its fields and by its canonical bytes. */
export function message<D extends DescMessage>(
  schema: D,
  init: FieldsOf<D>,
): {type: string; fields: JsonValue; bytes: string} {
  return {type: schema.typeName, fields: hexFields(schema, init), bytes: toHex(encodeCanonical(schema, init))};
}

/** Protobuf JSON with field names of the .proto, bytes as hexadecimal, enums as numbers. */
function hexFields<D extends DescMessage>(schema: D, init: FieldsOf<D>): JsonValue {
  const walk = (desc: DescMessage, value: JsonValue): JsonValue => {
    const fields = value as Record<string, JsonValue>;
    return Object.fromEntries(
      Object.entries(fields).map(([name, inner]) => {
        const field = desc.fields.find((one) => one.name === name);
        const nested = field?.message;
        const each = (item: JsonValue): JsonValue => {
          if (nested !== undefined) return walk(nested, item);
          return field?.scalar === ScalarType.BYTES ? Buffer.from(item as string, 'base64').toString('hex') : item;
        };
        return [name, Array.isArray(inner) ? inner.map(each) : each(inner)];
      }),
    );
  };
  return walk(schema, toJson(schema, build(schema, init), {useProtoFieldName: true, enumAsInteger: true}));
}

/** A statement with its digest and the signature of one of the keys. */
export function signed<D extends DescMessage>(
  name: (typeof TAGS)[number],
  signer: SignerName,
  content: {schema: D; init: FieldsOf<D>},
) {
  const inner = message(content.schema, content.init);
  const digest = taggedHash(name, fromHex(inner.bytes));
  return {
    tag: name,
    signer,
    ...inner,
    digest: toHex(digest),
    signature: toHex(signDigest(keys[signer].privateKey, digest)),
  };
}
