import {ChainProgress} from './chain-progress.js';

let [now, connections] = [0, 0];
const start = (): ChainProgress => {
  [now, connections] = [1_000_000_000, 4];
  return new ChainProgress(() => now);
};
const block = (height: bigint, ageMs = 1_000): {height: bigint; time: bigint} => ({
  height,
  time: BigInt(Math.floor((now - ageMs) / 1_000)),
});

describe('ChainProgress', () => {
  it('is ready with the first block since the start', () => {
    const chain = start();
    chain.serving(() => connections);
    expect([chain.height, chain.reason()]).toEqual([undefined, 'no block since the start yet']);
    chain.committed(block(7n));
    expect([chain.height, chain.reason()]).toEqual([7n, undefined]);
  });

  it("is not ready while one of CometBFT's connections is missing", () => {
    const chain = start();
    chain.serving(() => connections);
    chain.committed(block(7n));
    connections = 3;
    expect(chain.reason()).toBe('CometBFT is not connected (3 of 4 connections)');
    connections = 4;
    expect(chain.reason()).toBeUndefined();
  });

  it('bears 40 s without a block, and says from then on how long', () => {
    const chain = start();
    chain.serving(() => connections);
    chain.committed(block(7n));
    now += 40_000;
    expect(chain.reason()).toBeUndefined();
    now += 15_000;
    expect(chain.reason()).toMatch(/^no block for 55 s: fewer than two thirds of the validators may be up/);
    chain.committed(block(8n));
    expect(chain.reason()).toBeUndefined();
  });

  it('counts the silence from the start when no block ever came', () => {
    const chain = start();
    now += 100_000;
    chain.serving(() => connections);
    now += 39_000;
    expect(chain.reason()).toBe('no block since the start yet');
    now += 2_000;
    expect(chain.reason()).toMatch(/^no block for 41 s/);
  });

  it('tells that it catches up, and where it is, until the blocks are of now', () => {
    const chain = start();
    chain.serving(() => connections);
    chain.committed(block(100n, 3_600_000));
    expect(chain.reason()).toMatch(/^syncing: at height 100, whose block is 36\d\d s old$/);
    chain.committed(block(900n, 59_000));
    expect(chain.reason()).toBeUndefined();
  });
});
