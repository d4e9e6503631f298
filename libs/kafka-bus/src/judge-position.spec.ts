import fc from 'fast-check';
import {firstUnread, judgePosition, unread} from './judge-position.js';

const stored = (next: bigint, last: string | undefined = 'hash') => ({next, cluster: 'k', last});
const offset = fc.bigInt({min: 0n, max: 40n});
const partition = fc.tuple(offset, offset).map(([a, b]) => ({cluster: 'k', low: a < b ? a : b, high: a < b ? b : a}));

describe('judgePosition', () => {
  it.each([
    ['nothing stored: from the first record on', undefined, [3n, 9n], {kind: 'read', at: 3n}],
    ['in the middle: the record before is compared', stored(5n), [3n, 9n], {kind: 'compare', at: 4n}],
    ['at the end: the last record is compared', stored(9n), [3n, 9n], {kind: 'compare', at: 8n}],
    ['the record before is the first that is left', stored(4n), [3n, 9n], {kind: 'compare', at: 3n}],
    ['retention took just what was taken: nothing is left to compare', stored(3n), [3n, 9n], {kind: 'read', at: 3n}],
    ['all of it was taken and deleted', stored(9n), [9n, 9n], {kind: 'read', at: 9n}],
    ['a person had it begin', {next: 5n, cluster: 'k', last: undefined}, [3n, 9n], {kind: 'read', at: 5n}],
    ['2⁶³−1 is an offset', stored(2n ** 63n - 1n), [0n, 2n ** 63n - 1n], {kind: 'compare', at: 2n ** 63n - 2n}],
  ])('%s', (_, position, [low = 0n, high = 0n], judged) => {
    expect(judgePosition(position, {cluster: 'k', low, high})).toEqual(judged);
  });

  it.each([
    [
      'another cluster',
      {cluster: 'other', low: 3n, high: 9n},
      /another Kafka: .* offset 5 of cluster k, found is cluster other/,
    ],
    ['its end before the position', {cluster: 'k', low: 0n, high: 4n}, /records are gone: .* 5, Kafka ends at 4/],
    ['an empty topic', {cluster: 'k', low: 0n, high: 0n}, /records are gone/],
    ['a gap', {cluster: 'k', low: 6n, high: 9n}, /retention passed: .* 5, Kafka begins at 6/],
  ])('stands at %s, also where a person had it begin', (_, found, reason) => {
    for (const last of ['hash', undefined])
      expect(judgePosition({next: 5n, cluster: 'k', last}, found)).toEqual({
        kind: 'stand',
        reason: expect.stringMatching(reason) as string,
      });
  });

  it('never reads behind a record that was not taken, and reads an old one only to compare it', () => {
    fc.assert(
      fc.property(fc.option(offset, {nil: undefined}), partition, fc.boolean(), (next, found, known) => {
        const position = next === undefined ? undefined : {next, cluster: 'k', last: known ? 'hash' : undefined};
        const judged = judgePosition(position, found);
        if (judged.kind === 'stand') return next !== undefined && (next < found.low || next > found.high);
        const first = judged.kind === 'compare' ? judged.at + 1n : judged.at;
        return first === (next ?? found.low) && judged.at >= found.low && judged.at <= found.high;
      }),
    );
  });
});

describe('unread', () => {
  it('is never negative, counts what is not taken, and all of it where the position is none of this partition', () => {
    fc.assert(
      fc.property(fc.option(offset, {nil: undefined}), partition, (next, found) => {
        const here = next !== undefined && next >= found.low && next <= found.high;
        return unread(next, found) === found.high - (here ? next : found.low) && firstUnread(next, found) >= found.low;
      }),
    );
  });
});
