import {describe, expect, it} from '@jest/globals';
import fc from 'fast-check';
import {splitReadings} from './split-readings.js';

const HOUR_MS = 3_600_000;

describe('readings', () => {
  it('are cut at the hour and after 64, none lost, none doubled, in the order of time', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({min: 0, max: 5 * HOUR_MS}), {maxLength: 400}), (times) => {
        const readings = times.map((timeMs, i) => ({timeMs, text: String(i)}));
        const batches = splitReadings(readings);
        const flat = batches.flatMap((batch) => batch.readings);
        expect(flat.map(({text}) => text).toSorted()).toEqual(readings.map(({text}) => text).toSorted());
        expect(flat.every(({timeMs}, i) => i === 0 || timeMs >= (flat[i - 1]?.timeMs ?? 0))).toBe(true);
        for (const {slot, readings: inside} of batches) {
          expect(inside.length).toBeGreaterThan(0);
          expect(inside.length).toBeLessThanOrEqual(64);
          expect(inside.every(({timeMs}) => Math.floor(timeMs / HOUR_MS) === slot)).toBe(true);
        }
      }),
    );
  });

  it('at the very edge of an hour belong to the hour that begins', () => {
    expect(
      splitReadings([
        {timeMs: HOUR_MS - 1, text: 'a'},
        {timeMs: HOUR_MS, text: 'b'},
      ]).map(({slot}) => slot),
    ).toEqual([0, 1]);
  });
});
