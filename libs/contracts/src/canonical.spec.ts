import {describe, expect, it} from '@jest/globals';
import fc from 'fast-check';
import {decodeCanonical, encodeCanonical} from './canonical.js';
import {NotCanonicalError} from './not-canonical-error.js';
import {BodySchema, TxSchema} from './gen/vitalvault/ledger/v1/tx_pb.js';
import {RecordHeaderSchema} from './gen/vitalvault/record/v1/record_pb.js';
import {fromHex, toHex} from './hex.js';
import {incomplete} from '../testing/incomplete.js';

const some = {version: 1, kind: 1, chainId: 'c', sequence: 5n, count: 2};
const header = () => encodeCanonical(RecordHeaderSchema, incomplete(RecordHeaderSchema, some));
const refuses = (hex: string) =>
  expect(() => decodeCanonical(RecordHeaderSchema, fromHex(hex))).toThrow(NotCanonicalError);

describe('decodeCanonical', () => {
  it('accepts what encodeCanonical gives', () => {
    expect(decodeCanonical(RecordHeaderSchema, header())).toMatchObject({chainId: 'c', sequence: 5n});
  });

  it.each([
    ['fields out of order', '10010801'],
    ['a singular field twice', '08010801'],
    ['an explicit default', '08001001'],
    ['a varint that is not minimal', '088100'],
    ['an unknown field', '0801f80701'],
    ['trailing bytes', '080100'],
    ['a truncated field', '0801520a00'],
    ['a wrong wire type', '0a0101'],
    ['a group', '0b0c'],
    ['invalid UTF-8 in a string', '0a01ff'],
  ])('refuses %s', (_name, hex) => refuses(hex));

  it('refuses an unknown field inside a nested message', () => {
    // Tx { signatures: [ { unknown field 127 } ] }
    expect(() => decodeCanonical(TxSchema, fromHex('1203f80701'))).toThrow(NotCanonicalError);
  });

  it('writes the member of a oneof at the place of its number', () => {
    const message = {case: 'suspendMember', value: {}} as const;
    const bytes = encodeCanonical(BodySchema, incomplete(BodySchema, {version: 1, nonce: 3n, message}));
    expect(toHex(bytes)).toBe('080128037a00');
    expect(decodeCanonical(BodySchema, bytes).message.case).toBe('suspendMember');
  });

  it('refuses two members of a oneof', () => {
    expect(() => decodeCanonical(BodySchema, fromHex('08016a007a00'))).toThrow(NotCanonicalError);
  });

  it('answers any bytes at all with a message or NotCanonicalError, and what it accepts re-encodes to itself', () => {
    fc.assert(
      fc.property(fc.uint8Array({maxLength: 200}), (bytes) => {
        try {
          expect(encodeCanonical(TxSchema, decodeCanonical(TxSchema, bytes))).toEqual(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(NotCanonicalError);
        }
      }),
      {numRuns: 2_000},
    );
  });

  it('refuses every change of one byte or gives another message', () => {
    const good = header();
    for (let i = 0; i < good.length; i++) {
      const bad = Uint8Array.from(good);
      bad[i] = (bad[i] as number) ^ 1;
      let again: Uint8Array;
      try {
        again = encodeCanonical(RecordHeaderSchema, decodeCanonical(RecordHeaderSchema, bad));
      } catch {
        continue;
      }
      expect(again).toEqual(bad);
    }
  });
});
