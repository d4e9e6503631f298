import {expect, it} from '@jest/globals';
import fc from 'fast-check';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {constants, deflateRawSync, inflateRawSync} from 'node:zlib';
import {fromHex, LIMITS} from '@vitalvault/contracts';
import {inflateBounded} from './inflate.js';

const {deflate} = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../../test/vectors/encodings.json'), 'utf8'),
) as {
  deflate: {
    taken: {what: string; stream: string; length: number; sha256: string}[];
    refused: {why: string; stream: string}[];
  };
};
const inflated = (stream: Uint8Array): Uint8Array => inflateBounded(stream, LIMITS.inflatedPayloadBytes);
const refusal = expect.objectContaining({code: 'inflate'});

/** What zlib makes of a stream, when the whole input is that stream; undefined when zlib or that says no. */
function byZlib(stream: Uint8Array): Uint8Array | undefined {
  try {
    const {buffer, engine} = inflateRawSync(stream, {
      info: true,
      maxOutputLength: LIMITS.inflatedPayloadBytes,
    }) as unknown as {buffer: Buffer; engine: {bytesWritten: number}};
    return engine.bytesWritten === stream.length ? new Uint8Array(buffer) : undefined;
  } catch {
    return undefined;
  }
}

function byUs(stream: Uint8Array): Uint8Array | undefined {
  try {
    return inflated(stream);
  } catch (error) {
    expect(error).toEqual(refusal);
    return undefined;
  }
}

it.each(deflate.taken)('takes $what', ({stream, length, sha256}) => {
  const bytes = inflated(fromHex(stream));
  expect([bytes.length, createHash('sha256').update(bytes).digest('hex')]).toEqual([length, sha256]);
});

it.each(deflate.refused)('refuses $why', ({stream}) => {
  expect(() => inflated(fromHex(stream))).toThrow(refusal);
});

it('opens whatever zlib wrote, at every level and strategy', () => {
  const {Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED} = constants;
  fc.assert(
    fc.property(
      fc.array(fc.integer({min: 0, max: 40}), {maxLength: 3_000}),
      fc.integer({min: 0, max: 9}),
      fc.constantFrom(Z_DEFAULT_STRATEGY, Z_FILTERED, Z_HUFFMAN_ONLY, Z_RLE, Z_FIXED),
      (numbers, level, strategy) => {
        const bytes = Uint8Array.from(numbers);
        expect(inflated(deflateRawSync(bytes, {level, strategy}))).toEqual(bytes);
      },
    ),
    {numRuns: 150},
  );
});

it('says of a damaged stream what zlib says', () => {
  const edit = fc.record({at: fc.nat(), bit: fc.integer({min: 0, max: 7})});
  let taken = 0;
  fc.assert(
    fc.property(
      fc.uint8Array({minLength: 1, maxLength: 120}),
      fc.integer({min: 0, max: 9}),
      fc.array(edit, {minLength: 1, maxLength: 4}),
      (bytes, level, edits) => {
        const stream = new Uint8Array(deflateRawSync(bytes, {level}));
        for (const {at, bit} of edits) stream[at % stream.length] = (stream[at % stream.length] ?? 0) ^ (1 << bit);
        const expected = byZlib(stream);
        if (expected !== undefined) taken += 1;
        expect(byUs(stream)).toEqual(expected);
      },
    ),
    {numRuns: 2_000},
  );
  // Otherwise nothing is compared but refusals.
  expect(taken).toBeGreaterThan(50);
});

it('says of any bytes what zlib says', () => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 60}), (stream) => {
      expect(byUs(stream)).toEqual(byZlib(stream));
    }),
    {numRuns: 5_000},
  );
});
