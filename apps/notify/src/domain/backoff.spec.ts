import {MAX_ATTEMPTS, backoffMs} from './backoff.js';

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
