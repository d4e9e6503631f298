import {jest} from '@jest/globals';
import {CODE, NotCanonicalError, encodeCanonical} from '@vitalvault/contracts';
import {TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {DomainError} from '@vitalvault/errors';
import {setTimeout as delay} from 'node:timers/promises';
import {BlockFollower} from './block-follower.js';
import type {BlockFollowerOptions} from './block-follower.js';
import type {LedgerBlock} from './ledger-reader.js';
import {txIdOf} from './tx-id.js';

const log = {info: jest.fn(), warn: jest.fn(), error: jest.fn()};
const tx = (n: number) => encodeCanonical(TxSchema, {body: Uint8Array.of(n), signatures: []});
const until = async (is: () => boolean): Promise<void> => {
  for (let n = 0; n < 200 && !is(); n++) await delay(10);
};
const idOf = (n: number) => txIdOf(tx(n)) ?? '';

/** A chain that grows when the spec says so. */
class FakeChain {
  height = 0n;
  failing = false;
  unverified = 0;
  laggardChecks = 0;
  /** Another chain has other hashes. */
  name = 0;
  // Nobody listens there: the bell stays dumb and the follower polls.
  readonly currentUrl = 'http://127.0.0.1:1';

  async blockIfThere(height: bigint): Promise<LedgerBlock | undefined> {
    await Promise.resolve();
    if (this.failing) throw new DomainError('ledger-unavailable');
    if (height > this.height) return undefined;
    if (this.unverified-- > 0) throw new DomainError('not-verified');
    return {
      height,
      timeSeconds: 1_000n + height,
      hash: this.hashOf(height),
      txs: [tx(Number(height)), Uint8Array.of(1)],
      results: [
        {code: 0, data: Uint8Array.of(7)},
        {code: CODE.undecodable, data: new Uint8Array()},
      ],
    };
  }

  hashOf(height: bigint): Uint8Array {
    return Uint8Array.of(this.name, Number(height));
  }

  async demoteLaggards(): Promise<void> {
    await Promise.resolve();
    this.laggardChecks += 1;
  }
}

describe('BlockFollower', () => {
  let chain: FakeChain;
  let seen: bigint[];
  let stops: string[];
  let follower: BlockFollower;

  function follow(
    options: Partial<Pick<BlockFollowerOptions, 'stored' | 'onBlocks' | 'together' | 'stallMs'>> = {},
  ): void {
    const onBlocks = async ({height}: LedgerBlock): Promise<void> => {
      await Promise.resolve();
      seen.push(height);
    };
    const standstill = {
      stopped: (at: string, error: unknown) => void stops.push(`${at}: ${(error as Error).message}`),
      goesOn: () => void stops.push('on'),
    };
    follower = new BlockFollower({
      client: chain,
      stored: () => Promise.resolve({height: seen.at(-1) ?? 0n}),
      onBlocks,
      log,
      standstill,
      pollMs: 2,
      ...options,
    });
    follower.start();
  }

  beforeEach(() => {
    chain = new FakeChain();
    seen = [];
    stops = [];
  });
  afterEach(async () => {
    await follower.stop();
  });

  it('delivers every height once and in order, from the one asked for', async () => {
    chain.height = 4n;
    follow({stored: () => Promise.resolve({height: 2n})});
    await follower.waitForTx(idOf(4), 1_000);
    chain.height = 7n;
    await follower.waitForTx(idOf(7), 1_000);
    expect(seen).toEqual([3n, 4n, 5n, 6n, 7n]);
    expect(follower.newest).toEqual({height: 7n, timeSeconds: 1_007n});
  });

  it('tells how old blocks are by this clock when they come: of those that were waited for, the youngest of three', async () => {
    chain.height = 5n;
    follow();
    await follower.waitForTx(idOf(5), 1_000);
    // Caught up with: their age says nothing.
    expect(follower.newestAgeMs).toBeUndefined();
    for (const height of [6n, 7n, 8n]) {
      await delay(20);
      chain.height = height;
      await follower.waitForTx(idOf(Number(height)), 1_000);
    }
    const age = Date.now() - 1_008_000;
    expect(follower.newestAgeMs).toBeGreaterThan(age - 5_000);
    expect(follower.newestAgeMs).toBeLessThanOrEqual(age);
  });

  it("gives the outcome with height, code, data and index, only after the block's effect", async () => {
    let finish: () => void = () => undefined;
    const effect = new Promise<void>((resolve) => {
      finish = resolve;
    });
    follow({onBlocks: () => effect});
    const waiting = follower.waitForTx(idOf(1), 1_000);
    chain.height = 1n;
    await delay(20);
    expect(follower.outcome(idOf(1))).toBeUndefined();
    finish();
    expect(await waiting).toEqual({height: 1n, code: 0, data: Uint8Array.of(7), index: 0});
  });

  it('offers a block again until its effect succeeds, and none after it before', async () => {
    const offered: bigint[] = [];
    let failures = 1;
    chain.height = 3n;
    follow({
      stored: () => Promise.resolve({height: (offered.at(-1) ?? 1n) - 1n}),
      onBlocks: async ({height}) => {
        await Promise.resolve();
        offered.push(height);
        if (height === 2n && failures-- > 0) throw new DomainError('database-unavailable');
      },
    });
    await follower.waitForTx(idOf(3), 2_000);
    expect(offered).toEqual([1n, 2n, 2n, 3n]);
    expect(new Set(stops)).toEqual(new Set(['on']));
  });

  it('stands at a block that cannot be taken, in no hurry, and goes on from there when it can', async () => {
    chain.height = 3n;
    const offered: bigint[] = [];
    let poisoned = true;
    follow({
      stored: () => Promise.resolve({height: 1n}),
      onBlocks: async ({height}) => {
        await Promise.resolve();
        offered.push(height);
        if (poisoned) throw new NotCanonicalError('unknown field in Body');
      },
    });
    await delay(500);
    expect(offered.length).toBeLessThan(4);
    expect(new Set(stops)).toEqual(new Set(['2: unknown field in Body']));
    poisoned = false;
    await follower.waitForTx(idOf(3), 5_000);
    expect(offered.slice(-2)).toEqual([2n, 3n]);
    expect(stops.at(-1)).toBe('on');
  });

  it('stands when no node can prove a block, and not when one of them cannot', async () => {
    chain.height = 2n;
    chain.unverified = 3;
    follow();
    await follower.waitForTx(idOf(2), 5_000);
    expect(stops.filter((stop) => stop !== 'on')).toEqual([]);
  });

  const heightsOf = (blocks: readonly LedgerBlock[]): bigint[] => blocks.map(({height}) => height);

  it('takes blocks together while it is behind, fetched while those before are taken, and alone when they come', async () => {
    const calls: bigint[][] = [];
    chain.height = 11n;
    follow({
      together: {blocks: 4, transactions: 6, bytes: 1_000},
      onBlocks: async (...blocks) => {
        await delay(10);
        calls.push(heightsOf(blocks));
      },
    });
    await follower.waitForTx(idOf(11), 2_000);
    chain.height = 12n;
    await follower.waitForTx(idOf(12), 2_000);
    expect(calls).toEqual([[1n], [2n, 3n, 4n], [5n, 6n, 7n], [8n, 9n, 10n], [11n], [12n]]);
    expect(follower.outcome(idOf(3))?.height).toBe(3n);
  });

  it('does not wait with blocks that are there for more of them', async () => {
    const calls: bigint[][] = [];
    chain.height = 11n;
    follow({
      together: {blocks: 100, transactions: 1_000, bytes: 1_000_000},
      onBlocks: async (...blocks) => Promise.resolve(void calls.push(heightsOf(blocks))),
    });
    await follower.waitForTx(idOf(11), 2_000);
    expect(calls.length).toBeGreaterThan(2);
    expect(calls.flat()).toEqual(Array.from({length: 11}, (_, i) => BigInt(i + 1)));
  });

  it('stands at the very block that cannot be taken, also when it came with others', async () => {
    const taken: bigint[] = [];
    chain.height = 9n;
    let poisoned = true;
    follow({
      together: {blocks: 4, transactions: 100, bytes: 1_000_000},
      stored: () => Promise.resolve({height: taken.at(-1) ?? 0n}),
      onBlocks: async (...blocks) => {
        await delay(5);
        if (poisoned && heightsOf(blocks).includes(4n)) throw new NotCanonicalError('unknown field in Body');
        taken.push(...heightsOf(blocks));
      },
    });
    await until(() => stops.some((stop) => stop !== 'on'));
    expect(stops.filter((stop) => stop !== 'on')).toEqual(['4: unknown field in Body']);
    expect(taken).toEqual([1n, 2n, 3n]);
    poisoned = false;
    await follower.waitForTx(idOf(9), 5_000);
    expect(taken).toEqual(Array.from({length: 9}, (_, i) => BigInt(i + 1)));
  });

  it('begins where the effects are stored: a database that came back from a copy gets again what it lost', async () => {
    chain.height = 5n;
    follow();
    await follower.waitForTx(idOf(5), 1_000);
    seen.splice(2);
    chain.failing = true;
    await delay(20);
    chain.failing = false;
    chain.height = 6n;
    await follower.waitForTx(idOf(6), 2_000);
    expect(seen).toEqual([1n, 2n, 3n, 4n, 5n, 6n]);
  });

  it('goes on after an outage without a gap', async () => {
    chain.height = 2n;
    follow();
    await follower.waitForTx(idOf(2), 1_000);
    chain.failing = true;
    chain.height = 5n;
    await delay(20);
    chain.failing = false;
    await follower.waitForTx(idOf(5), 2_000);
    expect(seen).toEqual([1n, 2n, 3n, 4n, 5n]);
  });

  it('compares the nodes when no block comes', async () => {
    follow({stallMs: 10});
    await delay(50);
    expect(chain.laggardChecks).toBeGreaterThan(0);
  });

  it('stands in the open where nobody has the block that is stored, and goes on when it comes', async () => {
    chain.height = 3n;
    follow({stallMs: 10, stored: () => Promise.resolve({height: 5n})});
    await until(() => stops.length > 0);
    expect(stops[0]).toBe('5: no node that answers has block 5, whose effect is stored');
    expect(seen).toEqual([]);
    chain.height = 6n;
    await until(() => stops.at(-1) === 'on');
    expect(seen).toEqual([6n]);
  });

  it('takes nothing of a chain that has another block than the one whose effect is stored, and says so', async () => {
    chain.height = 7n;
    chain.name = 1;
    follow({stored: () => Promise.resolve({height: 5n, hash: Uint8Array.of(0, 5)})});
    await until(() => stops.length > 1);
    expect(new Set(stops)).toEqual(new Set(['6: the chain has another block 5 than the one whose effect is stored']));
    expect(seen).toEqual([]);
    chain.name = 0;
    await until(() => stops.at(-1) === 'on');
    expect(seen.slice(0, 2)).toEqual([6n, 7n]);
  });

  it('goes on after a stored block that the chain has', async () => {
    chain.height = 7n;
    follow({stored: () => Promise.resolve({height: 5n, hash: chain.hashOf(5n)})});
    await until(() => seen.length === 2);
    expect([seen, stops.filter((stop) => stop !== 'on')]).toEqual([[6n, 7n], []]);
  });

  it('takes nothing before the stored block is seen, nor after a database was put in place of another', async () => {
    let stored = {height: 5n, hash: chain.hashOf(5n)};
    chain.height = 4n;
    follow({stallMs: 10, stored: () => Promise.resolve(stored)});
    await until(() => stops.length > 0);
    expect(stops[0]).toBe('5: no node that answers has block 5, whose effect is stored');
    chain.height = 6n;
    await until(() => seen.length === 1);
    stored = {height: 5n, hash: Uint8Array.of(9, 9)};
    chain.failing = true;
    await delay(20);
    chain.failing = false;
    await until(() => stops.at(-1) !== 'on');
    expect([seen, stops.at(-1)]).toEqual([
      [6n],
      '6: the chain has another block 5 than the one whose effect is stored',
    ]);
  });

  it('calls a transaction that is in no block unknown, not refused', async () => {
    follow();
    await expect(follower.waitForTx(idOf(9), 10)).rejects.toMatchObject({code: 'tx-timeout', meta: {txId: idOf(9)}});
  });

  it('waits for the block in work when it stops, and lets who waits go', async () => {
    let finished = false;
    chain.height = 1n;
    follow({
      onBlocks: async () => {
        await delay(30);
        finished = true;
      },
    });
    const waiting = expect(follower.waitForTx(idOf(9), 5_000)).rejects.toMatchObject({code: 'shutting-down'});
    await delay(10);
    await follower.stop();
    expect(finished).toBe(true);
    await waiting;
    chain.height = 2n;
    await delay(20);
    expect(follower.newest?.height).toBe(1n);
  });
});
