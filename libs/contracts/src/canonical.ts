import {fromBinary, toBinary} from '@bufbuild/protobuf';
import type {DescMessage, MessageShape} from '@bufbuild/protobuf';
import {reflect} from '@bufbuild/protobuf/reflect';
import type {ReflectMessage} from '@bufbuild/protobuf/reflect';
import {build} from './complete.js';
import type {FieldsOf} from './complete.js';

/** Bytes that are not the canonical encoding of a message of the expected type (docs/protocol.md §1.2). */
export class NotCanonicalError extends Error {
  override readonly name = 'NotCanonicalError';
}

/** Canonical bytes of a message: fields ascending, defaults absent, minimal varints, packed. */
export function encodeCanonical<D extends DescMessage>(schema: D, fields: FieldsOf<D>): Uint8Array<ArrayBuffer> {
  return toBinary(schema, build(schema, fields));
}

/**
 * Decodes `bytes` only if they are canonical: `encode(decode(bytes))` equals them and nothing in them is unknown.
 * @throws NotCanonicalError for anything else, whatever the bytes.
 */
export function decodeCanonical<D extends DescMessage>(schema: D, bytes: Uint8Array): MessageShape<D> {
  let message: MessageShape<D>;
  try {
    message = fromBinary(schema, bytes);
  } catch (cause) {
    throw new NotCanonicalError(`not a ${schema.typeName}`, {cause});
  }
  if (hasUnknown(reflect(schema, message))) throw new NotCanonicalError(`unknown field in ${schema.typeName}`);
  if (!equalBytes(toBinary(schema, message), bytes))
    throw new NotCanonicalError(`not the canonical encoding of ${schema.typeName}`);
  return message;
}

/** Byte equality; not constant-time: never for secrets. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && compareBytes(a, b) === 0;
}

/** Order of byte strings, as memcmp then by length. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const d = (a[i] as number) - (b[i] as number);
    if (d !== 0) return d;
  }
  return a.length - b.length;
}

// Unknown fields survive a round trip through protobuf-es, so byte equality alone would let them pass.
function hasUnknown(message: ReflectMessage): boolean {
  if ((message.getUnknown()?.length ?? 0) > 0) return true;
  for (const field of message.fields) {
    if (!message.isSet(field)) continue;
    if (field.fieldKind === 'message' && hasUnknown(message.get(field))) return true;
    if (field.fieldKind === 'list' && field.listKind === 'message') {
      for (const item of message.get(field)) if (hasUnknown(item as ReflectMessage)) return true;
    }
  }
  return false;
}
