import {isAccountedFor, judge, notMeasured} from './verdict.js';
import type {Claim} from './verdict.js';

const ratio: Claim = {title: 'a ÷ b', of: ({a = 0, b = 0}) => a / b};
const rounds = [
  {a: 2, b: 1},
  {a: 30, b: 10},
  {a: 400, b: 100},
];

describe('judge', () => {
  it('divides round by round and takes the median of that, not the ratio of the medians', () => {
    const drifting = [
      {a: 1, b: 10},
      {a: 20, b: 2},
      {a: 3, b: 3},
    ];
    expect(judge(ratio, drifting).ratio).toMatchObject({median: 1, min: 0.1, max: 10});
  });

  it.each([
    ['met', {atLeast: 3}],
    ['met', {atMost: 3}],
    ['met', {atLeast: 2.9}],
    ['missed', {atLeast: 3.1}],
    ['missed', {atMost: 2.9}],
  ] as const)('is %s at a median of 3 with %j', (is, target) => {
    expect(judge({...ratio, target}, rounds).verdict.is).toBe(is);
  });

  it('judges nothing without a target', () => {
    expect(judge(ratio, rounds)).toMatchObject({target: '', verdict: {is: 'printed'}});
  });

  it('says the target in words', () => {
    expect(judge({...ratio, target: {atLeast: 1.85}}, rounds).target).toBe('≥ 1.85');
    expect(judge({...ratio, target: {atMost: 0.2}}, rounds).target).toBe('≤ 0.2');
  });

  it('is no verdict when a round divides by nothing', () => {
    expect(() => judge(ratio, [{a: 1, b: 0}])).toThrow(RangeError);
  });
});

describe('isAccountedFor', () => {
  const target = {atLeast: 4};

  it('asks a missed target for its reason, and nothing else', () => {
    expect(isAccountedFor(judge({...ratio, target}, rounds))).toBe(false);
    expect(isAccountedFor(judge({...ratio, target, whenMissed: 'most of it is copying'}, rounds))).toBe(true);
    expect(isAccountedFor(judge({...ratio, target: {atLeast: 2}}, rounds))).toBe(true);
    expect(isAccountedFor(judge(ratio, rounds))).toBe(true);
    expect(isAccountedFor(notMeasured({...ratio, target}, 'there is no C compiler'))).toBe(true);
  });
});
