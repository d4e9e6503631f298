import {describe, expect, it} from '@jest/globals';
import {Chance} from '../chaos/chance.js';
import {bound, withRun} from '../chaos/runs.js';
import type {Run} from '../chaos/runs.js';

const run: Run = {
  date: '2026-11-28',
  commit: 'abc',
  seed: '7',
  minutes: 8,
  kills: 40,
  otherFaults: 9,
  chances: 5_000,
  broken: 0,
};

describe('the file of all runs', () => {
  it('sums up what its rows say, red ones too', () => {
    const twice = withRun(withRun('# Runs\n\n| date |\n| --- |\n', run), {...run, seed: '8', kills: 2, broken: 1});
    expect(twice.split('\n').slice(4)).toEqual([
      '| 2026-11-28 | abc | 7 | 8 | 40 | 9 | 5000 | 0 |',
      '| 2026-11-28 | abc | 8 | 8 | 2 | 9 | 5000 | 1 |',
      '| **all** |  |  | 16 | 42 | 18 | 10000 | 1 |',
      '',
    ]);
  });

  it('has a bound beside a zero of many, and none beside a fault or a zero of none', () => {
    expect([bound(300, 0), bound(300, 1), bound(0, 0)]).toEqual(['< 0.010', '-', '-']);
  });
});

describe('what is drawn from a seed', () => {
  const drawn = (seed: string): unknown[] => {
    const chance = new Chance(seed);
    return Array.from({length: 50}, () => [
      chance.between(1, 6),
      chance.of(['a', 'b', 'c']),
      chance.some([1, 2, 3], 2),
    ]);
  };

  it('is the same for the same seed, and another for another', () => {
    expect(drawn('1')).toEqual(drawn('1'));
    expect(drawn('1')).not.toEqual(drawn('2'));
  });

  it('has every value, none outside, and nobody twice', () => {
    const chance = new Chance('3');
    expect(new Set(Array.from({length: 200}, () => chance.between(1, 6)))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
    expect(chance.some([1, 2, 3], 9).toSorted()).toEqual([1, 2, 3]);
  });
});
