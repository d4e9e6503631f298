import type {DescMessage, MessageShape} from '@bufbuild/protobuf';
import {decodeCanonical, encodeCanonical} from '@vitalvault/contracts';
import type {FieldsOf} from '@vitalvault/contracts';

/** A message out of a row; undefined for no row. @throws NotCanonicalError when somebody else wrote the row. */
export function messageOf<D extends DescMessage>(
  schema: D,
  row: {readonly value: Uint8Array} | null | undefined,
): MessageShape<D> | undefined {
  return row === null || row === undefined ? undefined : decodeCanonical(schema, row.value);
}

/** Canonical bytes for a row. */
export function bytesOf<D extends DescMessage>(schema: D, message: FieldsOf<D>): Uint8Array<ArrayBuffer> {
  return encodeCanonical(schema, message);
}

/** Bytes in a buffer of their own: what came over the wire may be a view into a larger one. */
export function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(bytes);
}
