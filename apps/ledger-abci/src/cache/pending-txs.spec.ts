import {LIMITS} from '@vitalvault/contracts';
import {PendingTxs} from './pending-txs.js';
import type {Pending} from './pending-txs.js';

const FOREVER = {expiresAtHeight: 2n ** 63n, expiresAtTime: 2n ** 63n};
const of = (actor: string, changed: Partial<Pending> = {}): Pending => ({
  actor,
  organisation: actor,
  rights: false,
  succession: false,
  bytes: 10,
  ...FOREVER,
  ...changed,
});
const block = (height: bigint, time = height) => ({height, time});

let pool: PendingTxs;
beforeEach(() => {
  pool = new PendingTxs();
});
const fill = (actor: string, count = 64, expiry: Partial<Pending> = {}): string[] => {
  const names = Array.from({length: count}, (_, i) => `${actor}${String(i)}`);
  for (const name of names) pool.add(name, of(actor, expiry));
  return names;
};

test('what a block has waits no more, and the map ends with the pool', () => {
  fill('a');
  expect([pool.admits(of('a')), pool.admits(of('b'))]).toEqual([false, true]);
  pool.committed(['a0'], block(1n));
  expect(pool.admits(of('a'))).toBe(true);
  for (let i = 0; i < LIMITS.mempoolTxs; i++) pool.add(`m${String(i)}`, of(`t${String(i)}`, {bytes: 1}));
  expect([pool.size, pool.admits(of('x', {bytes: 1}))]).toEqual([LIMITS.mempoolTxs, false]);
});

describe('an entry that no block ever carries ends', () => {
  test('with its own height: the block of that height is the last one that takes it', () => {
    fill('a', 64, {expiresAtHeight: 7n});
    pool.committed([], block(6n));
    expect(pool.admits(of('a'))).toBe(false);
    pool.committed([], block(7n));
    expect([pool.admits(of('a')), pool.size]).toEqual([true, 0]);
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
    expect(pool.admits(of('a'))).toBe(false);
    pool.committed([], block(1_128n));
    expect(pool.admits(of('a'))).toBe(true);
  });
});

describe('the list of a proposal is the truth about the pool', () => {
  const nothing = (): undefined => undefined;

  test('what CometBFT dropped is counted no more; what CheckTx let in since the last block may not be in it yet', () => {
    const dropped = fill('a');
    pool.committed([], block(1n));
    pool.add('b0', of('b'));
    pool.proposed(dropped.slice(0, 3), nothing);
    expect([pool.size, pool.get('a2'), pool.get('a3'), pool.get('b0')]).toMatchObject([4, of('a'), undefined, of('b')]);
    pool.committed([], block(2n));
    pool.proposed([], nothing);
    expect(pool.size).toBe(0);
  });

  test('after a restart of CometBFT its pool is empty', () => {
    fill('a');
    pool.committed([], block(1n));
    pool.proposed([], nothing);
    expect(pool.admits(of('a'))).toBe(true);
  });

  test('what it holds and this process does not know is counted, as after a restart of this one', () => {
    const names = Array.from({length: 64}, (_, i) => `a${String(i)}`);
    pool.proposed(names, () => of('a'));
    expect([pool.size, pool.admits(of('a')), pool.admits(of('b'))]).toEqual([64, false, true]);
    pool.proposed(names, () => of('a'));
    expect(pool.size).toBe(64);
  });
});
