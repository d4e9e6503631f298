import {fromBinary, toBinary} from '@bufbuild/protobuf';
import type {DescMessage, MessageShape} from '@bufbuild/protobuf';
import {build} from './complete.js';
import type {FieldsOf} from './complete.js';
import {NotCanonicalError} from './not-canonical-error.js';
import {surveyFields} from './survey-fields.js';

/** Canonical bytes of a message: fields ascending, defaults absent, minimal varints, packed. */
export function encodeCanonical<D extends DescMessage>(schema: D, fields: FieldsOf<D>): Uint8Array<ArrayBuffer> {
  return toBinary(schema, build(schema, fields));
}

/**
 * Decodes `bytes` only if they are canonical: `encode(decode(bytes))` equals them and nothing in them is unknown.
 * @param mostFields more fields on the wire than this are refused before anything is decoded
 * @throws NotCanonicalError for anything else, whatever the bytes.
 */
export function decodeCanonical<D extends DescMessage>(
  schema: D,
  bytes: Uint8Array,
  mostFields?: number,
): MessageShape<D> {
  surveyFields(schema, bytes, mostFields);
  let message: MessageShape<D>;
  try {
    message = fromBinary(schema, bytes);
  } catch (cause) {
    throw new NotCanonicalError(`not a ${schema.typeName}`, {cause});
  }
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
