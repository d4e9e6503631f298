import {describe, expect, it} from '@jest/globals';
import {judged, rate} from '../chaos/goodput.js';

/** Receipts at these milliseconds. */
const served = (...taken: number[]) => ({taken, opened: []});

describe('what clients get of a platform under faults', () => {
  it('is the receipts of all of them in a second', () => {
    const all = [served(0, 500, 999, 1_000), served(999)];
    expect([rate(all, 0, 1_000), rate(all, 1_000, 3_000), rate(all, 5, 5)]).toEqual([4, 0.5, 0]);
  });

  it('is back when nine tenths of it are, with so long to count in', () => {
    expect([judged(2_999, 1), judged(3_000, 0.9), judged(9_000, 0.89)]).toEqual([
      undefined,
      {backMs: 3_000, dead: false},
      undefined,
    ]);
  });

  it('is late after ten seconds, and dead when after a minute half of it is not there', () => {
    expect([judged(10_001, 0.5), judged(10_001, 0.49), judged(59_999, 0), judged(60_000, 0)]).toEqual([
      {backMs: undefined, dead: false},
      undefined,
      undefined,
      {backMs: undefined, dead: true},
    ]);
  });
});
