import fc from 'fast-check';
import {NeedleScanner} from './needle-scanner.js';
import type {Needle} from './needles.js';

const needle = (bytes: Uint8Array): Needle => ({of: 'sentence', form: 'raw', bytes: Buffer.from(bytes)});
// Few letters, so that needles overlap, repeat and begin alike.
const letters = (minLength: number, maxLength: number) =>
  fc.array(fc.constantFrom(97, 98, 99), {minLength, maxLength}).map((bytes) => Uint8Array.from(bytes));

describe('scanner for many needles', () => {
  it('finds what Buffer.indexOf finds, at the same place, for any needles and text', () => {
    fc.assert(
      fc.property(fc.array(letters(2, 9), {minLength: 1, maxLength: 8}), letters(0, 300), (needles, text) => {
        const found = new NeedleScanner(needles.map(needle)).find(text);
        needles.forEach((bytes, index) => {
          expect(found.get(index) ?? -1).toBe(Buffer.from(text).indexOf(bytes));
        });
      }),
      {numRuns: 500},
    );
  });

  it('refuses a needle of one byte', () => {
    expect(() => new NeedleScanner([needle(Uint8Array.of(1))])).toThrow(RangeError);
  });
});
