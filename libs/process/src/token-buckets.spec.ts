import fc from 'fast-check';
import {TokenBuckets} from './token-buckets.js';

describe('TokenBuckets', () => {
  it('never gives more than burst and refill allow, whatever is asked when', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({tokens: fc.integer({min: 1, max: 12}), laterMs: fc.nat(3_000)}), {maxLength: 60}),
        (asks) => {
          const buckets = new TokenBuckets({burst: 10, refillPerSecond: 2});
          let [nowMs, given] = [1_000_000, 0];
          const began = nowMs;
          for (const {tokens, laterMs} of asks) {
            nowMs += laterMs;
            const demand = [{key: 'a', tokens}];
            const wait = buckets.waitMs(demand, nowMs);
            if (tokens > 10) expect(wait).toBeUndefined();
            if (wait !== 0) continue;
            buckets.take(demand, nowMs);
            given += tokens;
            expect(given).toBeLessThanOrEqual(10 + ((nowMs - began) / 1_000) * 2 + 1e-6);
          }
        },
      ),
    );
  });

  it('says a time after which it is enough, and before which it is not', () => {
    const buckets = new TokenBuckets({burst: 4, refillPerSecond: 3});
    buckets.take([{key: 'a', tokens: 4}], 0);
    const wait = buckets.waitMs([{key: 'a', tokens: 2}], 0) ?? 0;
    expect(wait).toBe(667);
    expect(buckets.waitMs([{key: 'a', tokens: 2}], wait - 2)).toBeGreaterThan(0);
    expect(buckets.waitMs([{key: 'a', tokens: 2}], wait)).toBe(0);
  });

  it('forgets full buckets only: forgetting another one would give its tokens away', () => {
    const buckets = new TokenBuckets({burst: 2, refillPerSecond: 1}, 1);
    buckets.take([{key: 'spent', tokens: 2}], 0);
    for (let i = 0; i < 10; i++) buckets.take([{key: `other-${String(i)}`, tokens: 1}], 100);
    expect(buckets.waitMs([{key: 'spent', tokens: 2}], 100)).toBe(1_900);
  });

  it('is lowered to what somebody else counted, and never raised', () => {
    const buckets = new TokenBuckets({burst: 10, refillPerSecond: 2});
    buckets.lower([{key: 'a', tokens: 3}], 0);
    expect(buckets.waitMs([{key: 'a', tokens: 4}], 0)).toBe(500);
    buckets.lower([{key: 'a', tokens: 9}], 0);
    expect(buckets.waitMs([{key: 'a', tokens: 4}], 0)).toBe(500);
    expect(buckets.waitMs([{key: 'a', tokens: 4}], 500)).toBe(0);
  });

  it('is not fooled by a clock that goes back', () => {
    const buckets = new TokenBuckets({burst: 2, refillPerSecond: 1});
    buckets.take([{key: 'a', tokens: 2}], 10_000);
    expect(buckets.waitMs([{key: 'a', tokens: 1}], 5_000)).toBe(1_000);
  });
});
