import {expect, it} from '@jest/globals';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import type {DescMessage} from '@bufbuild/protobuf';
import {fromBase64, fromBase64Url} from './base64.js';
import {decodeCanonical, encodeCanonical} from './canonical.js';
import {NotCanonicalError} from './not-canonical-error.js';
import {BodySchema, DecisionSchema, PutGrantSchema, TxSchema} from './gen/vitalvault/ledger/v1/tx_pb.js';
import {SigningKeySchema} from './gen/vitalvault/record/v1/record_pb.js';
import {fromHex, toHex} from './hex.js';

interface Text {
  text: string;
}
interface Message {
  message: string;
  bytes: string;
}
interface Section<Taken, Refused> {
  taken: Taken[];
  refused: (Refused & {why: string})[];
}
const vectors = JSON.parse(readFileSync(join(import.meta.dirname, '../../../test/vectors/encodings.json'), 'utf8')) as {
  base64: Section<Text & {bytes: string}, Text>;
  base64url: Section<Text & {bytes: string}, Text>;
  canonical: Section<Message & {what: string}, Message>;
};
const SCHEMAS: readonly DescMessage[] = [TxSchema, BodySchema, SigningKeySchema, PutGrantSchema, DecisionSchema];

function schemaOf(name: string): DescMessage {
  const found = SCHEMAS.find((schema) => schema.name === name);
  if (found === undefined) throw new RangeError(name);
  return found;
}

it.each(vectors.base64.taken)('base64: takes "$text"', ({text, bytes}) => expect(toHex(fromBase64(text))).toBe(bytes));
it.each(vectors.base64.refused)('base64: refuses a text $why', ({text}) => expect(() => fromBase64(text)).toThrow());
it.each(vectors.base64url.taken)('base64url: takes "$text"', ({text, bytes}) =>
  expect(toHex(fromBase64Url(text))).toBe(bytes),
);
it.each(vectors.base64url.refused)('base64url: refuses a text $why', ({text}) =>
  expect(() => fromBase64Url(text)).toThrow(),
);

it.each(vectors.canonical.taken)('canonical: $message takes $what', ({message, bytes}) => {
  const schema = schemaOf(message);
  expect(toHex(encodeCanonical(schema, decodeCanonical(schema, fromHex(bytes))))).toBe(bytes);
});
it.each(vectors.canonical.refused)('canonical: $message refuses $why', ({message, bytes}) => {
  expect(() => decodeCanonical(schemaOf(message), fromHex(bytes))).toThrow(NotCanonicalError);
});
