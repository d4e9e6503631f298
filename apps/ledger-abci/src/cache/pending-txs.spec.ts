import {LIMITS} from '@vitalvault/contracts';
import {PendingTxs} from './pending-txs.js';
import type {Pending} from './pending-txs.js';

const FOREVER = {expiresAtHeight: 2n ** 63n, expiresAtTime: 2n ** 63n};
const of = (signer: string, bytes = 10, expiry: Partial<Pending> = {}): Pending => ({
  signer,
  bytes,
  ...FOREVER,
  ...expiry,
});
const block = (height: bigint, time = height) => ({height, time});

let pool: PendingTxs;
beforeEach(() => {
  pool = new PendingTxs();
});
const admits = (signer: string, bytes: number, rights: boolean, succession = false): boolean =>
  pool.admits(bytes, {signer, rights, succession});
const fill = (signer: string, count = 64, expiry: Partial<Pending> = {}): string[] => {
  const names = Array.from({length: count}, (_, i) => `${signer}${String(i)}`);
  for (const name of names) pool.add(name, of(signer, 10, expiry));
  return names;
};

test('64 and 1 MiB a key, the last quarter for rights, and no more than CometBFT holds for anybody', () => {
  fill('a');
  expect([admits('a', 10, true), admits('b', 10, false)]).toEqual([false, true]);
  pool.committed(['a0'], block(1n));
  expect(admits('a', 10, false)).toBe(true);
  pool.add('b0', of('b', 1_048_000));
  expect([admits('b', 576, false), admits('b', 577, false)]).toEqual([true, false]);
  for (let i = 0; i < 23; i++) pool.add(`c${String(i)}`, of(`c${String(i)}`, 1_048_576));
  expect([admits('d', 60_000, false), admits('d', 60_000, true)]).toEqual([false, true]);
  for (let i = 23; i < 29; i++) pool.add(`c${String(i)}`, of(`c${String(i)}`, 1_048_576));
  expect(admits('d', 60_000, true)).toBe(false);
});

test('transactions count as bytes do: three quarters for all, the rest for rights, and the map ends there', () => {
  const most = LIMITS.mempoolTxs;
  for (let i = 0; i < (most * 3) / 4; i++) pool.add(`n${String(i)}`, of(`s${String(i)}`, 1));
  expect([admits('x', 1, false), admits('x', 1, true)]).toEqual([false, true]);
  for (let i = 0; i < most; i++) pool.add(`m${String(i)}`, of(`t${String(i)}`, 1));
  expect([pool.size, admits('x', 1, true)]).toEqual([most, false]);
});

test('successions: four of a key, whatever else waits of it, and in the last sixteenth nothing else', () => {
  fill('a');
  expect([admits('a', 10, true), admits('a succession', 10, true, true)]).toEqual([false, true]);
  for (let i = 0; i < 4; i++) pool.add(`s${String(i)}`, of('a succession'));
  expect([admits('a succession', 10, true, true), admits('b succession', 10, true, true)]).toEqual([false, true]);
  for (let i = 0; i < 30; i++) pool.add(`c${String(i)}`, of(`c${String(i)}`, 1_048_000));
  expect([admits('d', 60_000, true), admits('b succession', 60_000, true, true)]).toEqual([false, true]);
});

describe('an entry that no block ever carries ends', () => {
  test('with its own height: the block of that height is the last one that takes it', () => {
    fill('a', 64, {expiresAtHeight: 7n});
    pool.committed([], block(6n));
    expect(admits('a', 10, true)).toBe(false);
    pool.committed([], block(7n));
    expect([admits('a', 10, true), pool.size]).toEqual([true, 0]);
  });

  test('with its own time', () => {
    fill('a', 64, {expiresAtTime: 70n});
    pool.committed([], block(1n, 70n));
    expect(pool.size).toBe(64);
    pool.committed([], block(2n, 71n));
    expect(pool.size).toBe(0);
  });

  test('after 128 blocks at the latest, as on a node that never proposes', () => {
    pool.committed([], block(1_000n));
    fill('a');
    pool.committed([], block(1_127n));
    expect(admits('a', 10, true)).toBe(false);
    pool.committed([], block(1_128n));
    expect(admits('a', 10, true)).toBe(true);
  });
});

describe('the list of a proposal is the truth about the pool', () => {
  const nothing = (): undefined => undefined;

  test('what CometBFT dropped is counted no more; what CheckTx let in since the last block may not be in it yet', () => {
    const dropped = fill('a');
    pool.committed([], block(1n));
    pool.add('b0', of('b'));
    pool.proposed(dropped.slice(0, 3), nothing);
    expect([pool.size, pool.has('a2'), pool.has('a3'), pool.has('b0')]).toEqual([4, true, false, true]);
    pool.committed([], block(2n));
    pool.proposed([], nothing);
    expect(pool.size).toBe(0);
  });

  test('after a restart of CometBFT its pool is empty', () => {
    fill('a');
    pool.committed([], block(1n));
    pool.proposed([], nothing);
    expect(admits('a', 10, true)).toBe(true);
  });

  test('what it holds and this process does not know is counted, as after a restart of this one', () => {
    const names = Array.from({length: 64}, (_, i) => `a${String(i)}`);
    pool.proposed(names, () => of('a'));
    expect([pool.size, admits('a', 10, true), admits('b', 10, true)]).toEqual([64, false, true]);
    pool.proposed(names, () => of('a'));
    expect(pool.size).toBe(64);
  });
});
