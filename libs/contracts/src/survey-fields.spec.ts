import type {DescMessage} from '@bufbuild/protobuf';
import {BodySchema, PutGrantSchema, TxSchema} from './gen/vitalvault/ledger/v1/tx_pb.js';
import {RecordHeaderSchema} from './gen/vitalvault/record/v1/record_pb.js';
import {fromHex} from './hex.js';
import {surveyFields} from './survey-fields.js';

describe('before anything is decoded', () => {
  const looks = (schema: DescMessage, hex: string, most?: number) => () => {
    surveyFields(schema, fromHex(hex), most);
  };

  test.each([
    ['a singular field twice', RecordHeaderSchema, '08010801', 'not the canonical'],
    ['fields out of order', RecordHeaderSchema, '10010801', 'not the canonical'],
    ['an unknown field', RecordHeaderSchema, '0801f80701', 'unknown field'],
    ['an unknown field in a message inside', TxSchema, '1203f80701', 'unknown field in vitalvault.ledger.v1.Tx'],
    ['a field of number 0', TxSchema, '0000', 'not a'],
    ['a length that leads out of the message inside', TxSchema, '12021a05', 'not a'],
    ['a group', RecordHeaderSchema, '0b0c', 'not a'],
    ['a packed list twice', PutGrantSchema, '320101320102', 'not the canonical'],
  ])('%s is refused', (_name, schema, hex, why) => {
    expect(looks(schema, hex)).toThrow(why);
  });

  test('too many fields, at any depth, and numbers of a packed list', () => {
    const signatures = '1200'.repeat(9);
    expect(looks(TxSchema, signatures, 9)).not.toThrow();
    expect(looks(TxSchema, signatures, 8)).toThrow('too many fields');
    expect(looks(TxSchema, '12021a00'.repeat(4), 8)).not.toThrow();
    expect(looks(TxSchema, '12021a00'.repeat(4), 7)).toThrow('too many fields');
    expect(looks(PutGrantSchema, '3203010203', 4)).not.toThrow();
    expect(looks(PutGrantSchema, '3203010203', 3)).toThrow('too many fields');
  });
});

describe('the work on bytes that are no transaction is bounded, whatever their length', () => {
  /** Bytes of `length`, a pattern again and again, that count how many of them were looked at. */
  function counted(pattern: string, length = 65_000): {bytes: Uint8Array; reads: () => number} {
    const unit = fromHex(pattern);
    const whole = Uint8Array.from({length: length - (length % unit.length)}, (_, i) => unit[i % unit.length] as number);
    let reads = 0;
    const get = (target: Uint8Array, name: string | symbol): unknown => {
      if (typeof name === 'string' && /^\d+$/.test(name)) reads++;
      return Reflect.get(target, name, target);
    };
    return {bytes: new Proxy(whole, {get}), reads: () => reads};
  }

  test.each([
    ['signatures of nothing', TxSchema, '1200', 33],
    ['signatures with one empty key', TxSchema, '12021200', 33],
    ['a body again and again', TxSchema, '0a00', 33],
    ['one message again and again', BodySchema, '5a00', 1_500],
    ['a field that nobody knows', BodySchema, 'f80701', 1_500],
    ['tags of a grant', PutGrantSchema, '2a00', 1_500],
    ['statements of nothing', PutGrantSchema, '7200', 1_500],
    ['a header that says its version for ever', RecordHeaderSchema, '0801', undefined],
  ])('%s', (_name, schema, pattern, most) => {
    const {bytes, reads} = counted(pattern);
    expect(() => {
      surveyFields(schema, bytes, most);
    }).toThrow();
    expect(reads()).toBeLessThan((most ?? 2) * 6);
  });

  test('a packed list is counted by its length, not by looking at it', () => {
    const {bytes, reads} = counted('01', 60_000);
    const list = new Proxy(bytes, {
      get: (target, name) =>
        name === '0' ? 0x32 : name === '1' ? 0xdc : name === '2' ? 0xd4 : name === '3' ? 3 : Reflect.get(target, name),
    });
    expect(() => {
      surveyFields(PutGrantSchema, list, 1_500);
    }).toThrow('too many fields');
    expect(reads()).toBeLessThan(10);
  });
});
