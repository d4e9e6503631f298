import {DEFAULT_PARAMETERS} from '@vitalvault/ledger-state/testing';
import {numbersBelow, roomOf, withSpent, withTaken} from './entry-limits.js';
import type {NumberWindow} from './entry-limits.js';

const parameters = DEFAULT_PARAMETERS;
const after = (...numbers: bigint[]): NumberWindow =>
  numbers.reduce<NumberWindow | undefined>((window, number) => withTaken(window, number), undefined) as NumberWindow;

describe('what the ledger would refuse', () => {
  it('a window begins at the lowest number not taken, whatever order they were taken in', () => {
    expect(after(2n, 3n).lowestOpen).toBe(1n);
    expect(after(2n, 3n, 1n).lowestOpen).toBe(4n);
    expect(after(1_024n, 1n).lowestOpen).toBe(2n);
    // What it cannot have taken changes nothing.
    expect(after(1n, 1n, 0n, 2_000n, 2n ** 64n - 1n).lowestOpen).toBe(2n);
  });

  it('a bucket is counted as the ledger counts it', () => {
    const time = 1_000n;
    const spent = withSpent(undefined, {of: 'device', count: 99_999, parameters}, time);
    const room = (at: bigint, underWay = 0): number => roomOf(spent, {of: 'device', underWay, parameters}, at);
    expect([room(time), room(time, 1), room(time, 9), room(time + 9n), room(time + 20n)]).toEqual([1, 0, 0, 1, 3]);
    expect(withSpent(spent, {of: 'device', count: 7, parameters}, time).tokens).toBe(0n);
    expect(roomOf(undefined, {of: 'organisation', underWay: 1, parameters}, time)).toBe(499_999);
  });

  it('a removed device is held to its window while it has its grace, and not at all afterwards', () => {
    const lane = {lowestOpen: 7n, removed: {atHeight: 10n, atTime: 1_000n}};
    const below = (height: bigint, time: bigint): bigint => numbersBelow(lane, {height, time}, parameters);
    expect(below(11n, 1_001n)).toBe(1_031n);
    expect(below(150_011n, 1_001n)).toBe(2n ** 64n);
    expect(below(11n, 87_401n)).toBe(2n ** 64n);
    expect(numbersBelow({...lane, removed: undefined}, {height: 11n, time: 87_401n}, parameters)).toBe(1_031n);
  });
});
