import {afterEach, beforeEach, describe, expect, it, jest} from '@jest/globals';
import {createLogger} from '@vitalvault/process';
import {RowPruning} from './row-pruning.js';

const logger = createLogger({service: 'spec', level: 'silent'});

describe('short-lived rows', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const tableOf = (rows: number) => ({
    rows,
    asked: [] as number[],
    prune(_now: Date, most: number) {
      const gone = Math.min(this.rows, most);
      this.rows -= gone;
      this.asked.push(gone);
      return Promise.resolve(gone);
    },
  });

  it('are deleted every minute, in small statements, until none is left whose time is over', async () => {
    const table = tableOf(2_500);
    const pruning = new RowPruning([table], logger);
    pruning.start();
    await jest.advanceTimersByTimeAsync(59_000);
    expect(table.asked).toEqual([]);
    await jest.advanceTimersByTimeAsync(2_000);
    expect(table.asked).toEqual([1_000, 1_000, 500]);
    await jest.advanceTimersByTimeAsync(60_000);
    expect(table.asked).toEqual([1_000, 1_000, 500, 0]);
    pruning.stop();
    await jest.advanceTimersByTimeAsync(120_000);
    expect(table.asked).toHaveLength(4);
  });

  it('of one table wait for no other: one that fails is tried again a minute later', async () => {
    const [broken, whole] = [{prune: jest.fn(() => Promise.reject(new Error('away')))}, tableOf(3)];
    const pruning = new RowPruning([broken, whole], logger);
    pruning.start();
    await jest.advanceTimersByTimeAsync(120_000);
    expect([broken.prune.mock.calls.length, whole.rows]).toEqual([2, 0]);
    pruning.stop();
  });

  it('are gone through by one round at a time, and by none once it is stopped', async () => {
    let answer: (gone: number) => void = () => undefined;
    const slow = {prune: jest.fn(() => new Promise<number>((resolve) => (answer = resolve)))};
    const pruning = new RowPruning([slow], logger);
    pruning.start();
    await jest.advanceTimersByTimeAsync(180_000);
    expect(slow.prune).toHaveBeenCalledTimes(1);
    pruning.stop();
    answer(1_000);
    await jest.advanceTimersByTimeAsync(0);
    expect(slow.prune).toHaveBeenCalledTimes(1);
  });
});
