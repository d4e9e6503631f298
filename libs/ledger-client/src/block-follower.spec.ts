import {jest} from '@jest/globals';
import {CODE, encodeCanonical} from '@vitalvault/contracts';
import {TxSchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {DomainError} from '@vitalvault/errors';
import {setTimeout as delay} from 'node:timers/promises';
import {BlockFollower} from './block-follower.js';
import type {LedgerBlock} from './ledger-client.js';
import {txIdOf} from './tx-id.js';

const log = {info: jest.fn(), warn: jest.fn(), error: jest.fn()};
const tx = (n: number) => encodeCanonical(TxSchema, {body: Uint8Array.of(n), signatures: []});
const idOf = (n: number) => txIdOf(tx(n)) ?? '';

/** A chain that grows when the spec says so. */
class FakeChain {
  height = 0n;
  failing = false;
  laggardChecks = 0;
  // Nobody listens there: the bell stays dumb and the follower polls.
  readonly currentUrl = 'http://127.0.0.1:1';

  async blockIfThere(height: bigint): Promise<LedgerBlock | undefined> {
    await Promise.resolve();
    if (this.failing) throw new DomainError('ledger-unavailable');
    if (height > this.height) return undefined;
    return {
      height,
      timeSeconds: 1_000n + height,
      txs: [tx(Number(height)), Uint8Array.of(1)],
      results: [
        {code: 0, data: Uint8Array.of(7)},
        {code: CODE.undecodable, data: new Uint8Array()},
      ],
    };
  }

  async demoteLaggards(): Promise<void> {
    await Promise.resolve();
    this.laggardChecks += 1;
  }
}

describe('BlockFollower', () => {
  let chain: FakeChain;
  let seen: bigint[];
  let follower: BlockFollower;

  function follow(
    options: {fromHeight?: bigint; onBlock?: (block: LedgerBlock) => Promise<void>; stallMs?: number} = {},
  ): void {
    const onBlock = async ({height}: LedgerBlock): Promise<void> => {
      await Promise.resolve();
      seen.push(height);
    };
    follower = new BlockFollower({client: chain, fromHeight: 1n, onBlock, log, pollMs: 2, ...options});
    follower.start();
  }

  beforeEach(() => {
    chain = new FakeChain();
    seen = [];
  });
  afterEach(async () => {
    await follower.stop();
  });

  it('delivers every height once and in order, from the one asked for', async () => {
    chain.height = 4n;
    follow({fromHeight: 3n});
    await follower.waitForTx(idOf(4), 1_000);
    chain.height = 7n;
    await follower.waitForTx(idOf(7), 1_000);
    expect(seen).toEqual([3n, 4n, 5n, 6n, 7n]);
    expect(follower.newest).toEqual({height: 7n, timeSeconds: 1_007n});
  });

  it("gives the outcome with height, code, data and index, only after the block's effect", async () => {
    let finish: () => void = () => undefined;
    const effect = new Promise<void>((resolve) => {
      finish = resolve;
    });
    follow({onBlock: () => effect});
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
      onBlock: async ({height}) => {
        await Promise.resolve();
        offered.push(height);
        if (height === 2n && failures-- > 0) throw new Error('the database is away');
      },
    });
    await follower.waitForTx(idOf(3), 2_000);
    expect(offered).toEqual([1n, 2n, 2n, 3n]);
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

  it('calls a transaction that is in no block unknown, not refused', async () => {
    follow();
    await expect(follower.waitForTx(idOf(9), 10)).rejects.toMatchObject({code: 'tx-timeout', meta: {txId: idOf(9)}});
  });

  it('waits for the block in work when it stops, and lets who waits go', async () => {
    let finished = false;
    chain.height = 1n;
    follow({
      onBlock: async () => {
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
