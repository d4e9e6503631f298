import {build, encodeCanonical} from '@vitalvault/contracts';
import {PostedRecordSchema, PostedRecordsSchema} from '@vitalvault/contracts/gen/record/v1/record';
import {DomainError} from '@vitalvault/errors';
import fc from 'fast-check';
import {CHAIN, random, record} from '../../test/support/records.js';
import {readBody, readRecord} from './incoming-record.js';

const faultOf = (posted: ReturnType<typeof record>): [string, string | undefined] | 'taken' => {
  const read = readRecord(posted, CHAIN);
  return read instanceof DomainError ? [read.code, read.detail?.split(' ')[0]] : 'taken';
};

describe('readRecord', () => {
  it.each([256, 512, 1_024, 4_096, 65_536])('takes a ciphertext of %i bytes', (bytes) => {
    expect(faultOf(record({}, {ciphertext: new Uint8Array(bytes)}))).toBe('taken');
  });

  it.each([0, 128, 255, 257, 768, 32_767])('takes none of %i bytes', (bytes) => {
    expect(faultOf(record({}, {ciphertext: new Uint8Array(bytes)}))).toEqual(['invalid-field', 'ciphertext']);
  });

  it('says that a larger one is too large', () => {
    expect(faultOf(record({}, {ciphertext: new Uint8Array(131_072)}))).toEqual(['body-too-large', 'ciphertext']);
  });

  it.each([
    ['header.kind', {kind: 2}],
    ['header.patient', {patient: random(21)}],
    ['header.device', {device: random(0)}],
    ['header.registration', {registration: 0}],
    ['header.typeTag', {typeTag: new Uint8Array(16)}],
    ['header.typeTag', {typeTag: random(15)}],
    ['header.epoch', {epoch: 0}],
    ['header.sequence', {sequence: 0n}],
    ['header.sequence', {sequence: 2n ** 63n}],
    ['header.tagSequence', {tagSequence: 0n}],
    ['header.count', {count: 0}],
    ['header.count', {count: 65}],
    ['header.releaseSuite', {releaseSuite: 2}],
    ['header.releaseKeyId', {releaseKeyId: random(19)}],
  ])('names %s for %o', (field, header) => {
    expect(faultOf(record(header))).toEqual(['invalid-field', field]);
  });

  it.each([
    ['sealedKey', {sealedKey: random(127)}],
    ['innerKeyHash', {innerKeyHash: random(33)}],
    ['signature', {signature: random(65)}],
  ])('names %s', (field, posted) => {
    expect(faultOf(record({}, posted))).toEqual(['invalid-field', field]);
  });

  it('takes no field that no rule reads: a record that says it corrects another one', () => {
    const posted = record();
    const field15 = Uint8Array.of(0x7a, 32, ...random(32));
    const header = Uint8Array.of(...posted.header, ...field15);
    expect(faultOf({...posted, header})).toEqual(['unknown-field', expect.anything()]);
  });

  it('takes no header of more than 512 bytes', () => {
    expect(faultOf(record({}, {header: random(513)}))).toEqual(['invalid-field', 'header:']);
  });
});

describe('readBody', () => {
  it('refuses a body of more fields than its bytes can have records for, and takes one that is full of the smallest', () => {
    const empty = (count: number): Uint8Array => new Uint8Array(count * 2).map((_, i) => (i % 2 === 0 ? 0x0a : 0));
    expect(readBody('records', empty(12_288))).toHaveLength(12_288);
    expect(() => readBody('records', empty(12_289))).toThrow(expect.objectContaining({code: 'malformed'}));
    expect(() => readBody('records', empty(524_288))).toThrow(expect.objectContaining({code: 'malformed'}));
    const smallest = record({}, {ciphertext: new Uint8Array(256)});
    const whole = encodeCanonical(PostedRecordsSchema, {records: [smallest]});
    expect(Math.ceil(1_048_576 / whole.length) * 6).toBeLessThan(12_288);
  });

  it('gives back what was posted, byte for byte', () => {
    const records = [record(), record({sequence: 2n})];
    expect(readBody('records', encodeCanonical(PostedRecordsSchema, {records}))).toEqual(
      build(PostedRecordsSchema, {records}).records,
    );
  });

  // Whatever the bytes: an error of the catalogue, never another one.
  it('refuses any other bytes with an error that is ours', () => {
    const good = encodeCanonical(PostedRecordSchema, record());
    const mutated = fc
      .tuple(fc.nat(good.length - 1), fc.integer({min: 1, max: 255}))
      .map(([at, by]) => good.map((byte, index) => (index === at ? byte ^ by : byte)));
    fc.assert(
      fc.property(
        fc.oneof(fc.uint8Array({maxLength: 300}), mutated),
        fc.constantFrom('record', 'records'),
        (body, kind) => {
          try {
            for (const posted of readBody(kind, body)) {
              const read = readRecord(posted, CHAIN);
              if (read instanceof DomainError) expect(read.code).not.toBe('internal');
            }
          } catch (error) {
            expect(error).toBeInstanceOf(DomainError);
            expect((error as DomainError).code).not.toBe('internal');
          }
        },
      ),
      {numRuns: 300},
    );
  });
});
