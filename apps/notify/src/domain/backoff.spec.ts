import {MAX_ATTEMPTS, backoffMs, restMs} from './backoff.js';

describe('backoffMs', () => {
  it('doubles from a second to an hour, half of it jitter', () => {
    expect([1, 2, 3, 12, 13, 19].map((attempts) => backoffMs(attempts, 0))).toEqual([
      500, 1_000, 2_000, 1_024_000, 1_800_000, 1_800_000,
    ]);
    expect(backoffMs(1, 0.999)).toBe(1_000);
  });

  it('gives up after the last attempt', () => {
    expect(backoffMs(MAX_ATTEMPTS, 0.5)).toBeUndefined();
  });
});

test('a receiver that fails rests from a second to a minute, half of it jitter', () => {
  expect([1, 2, 6, 7, 1_000].map((failures) => restMs(failures, 0))).toEqual([500, 1_000, 16_000, 30_000, 30_000]);
  expect(restMs(1_000, 0.999)).toBeLessThanOrEqual(60_000);
});
