import fc from 'fast-check';
import {oldestAge} from './oldest-age.js';

describe('oldestAge', () => {
  it('is at most a tenth above the age that Kafka answers by, and never below it, in some twenty questions', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({min: 1_000, max: 30 * 86_400_000}), async (trueMs) => {
        let asked = 0;
        const found = await oldestAge((ageMs) => Promise.resolve(++asked > 0 && ageMs < trueMs));
        expect(found).toBeGreaterThanOrEqual(trueMs - 1);
        expect(found).toBeLessThanOrEqual(trueMs * 1.1 + 1);
        expect(asked).toBeLessThanOrEqual(20);
      }),
    );
  });

  it('is a second for what has just come', async () => {
    expect(await oldestAge(() => Promise.resolve(false))).toBe(1_000);
  });
});
