import fc from 'fast-check';
import {bitAt, shifted} from './bitmap.js';

test('every bit moves by the distance, and what passes an end is forgotten', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({minLength: 1, maxLength: 130}),
      fc.integer({min: -1_100, max: 1_100}),
      (bits, distance) => {
        const moved = shifted(bits, distance);
        for (let i = 0; i < bits.length * 8; i++) {
          const from = i - distance;
          expect(bitAt(moved, i)).toBe(from >= 0 && from < bits.length * 8 && bitAt(bits, from));
        }
      },
    ),
    {numRuns: 200},
  );
});

test.each([-(2 ** 31), -1_024, 1_024, 2 ** 31, 2 ** 40])('a window that moved by %d is empty', (distance) => {
  expect(shifted(new Uint8Array(128).fill(255), distance)).toEqual(new Uint8Array(128));
});
