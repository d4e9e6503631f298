import {describe, expect, it} from '@jest/globals';
import {BlocksAhead} from './blocks-ahead.js';
import type {BlockNode} from './ledger-client.js';

const MIB = 1_048_576;

/** A node with blocks of so many bytes up to a height; notes what it is asked for, and answers on `answer`. */
function node(height: bigint, bytes = 10) {
  const asked: bigint[] = [];
  const waiting: (() => void)[] = [];
  const answered = <T>(value: T): Promise<T> =>
    new Promise((resolve) => {
      waiting.push(() => {
        resolve(value);
      });
    });
  const one = {
    url: 'own',
    blockIfThere: (at: bigint) => {
      asked.push(at);
      const block = {height: at, timeSeconds: 1n, hash: new Uint8Array(), txs: [new Uint8Array(bytes)], results: []};
      return answered(at > height ? undefined : block);
    },
    lightBlock: (at: bigint) => (at > height ? Promise.reject(new Error('not there')) : Promise.resolve(`{${at}}`)),
  } as unknown as BlockNode;
  const answer = async (): Promise<void> => {
    while (waiting.length > 0) {
      for (const ready of waiting.splice(0)) ready();
      await new Promise(setImmediate);
    }
  };
  return {ahead: new BlocksAhead(() => [one]), asked, answer};
}

async function take({ahead, answer}: ReturnType<typeof node>, height: bigint): Promise<bigint | undefined> {
  const taken = ahead.from(height);
  await answer();
  return (await taken)?.block.height;
}

describe('BlocksAhead', () => {
  it('fetches more at once each time, each once, and gives block, header and node', async () => {
    const chain = node(100n);
    expect(await take(chain, 5n)).toBe(5n);
    expect(chain.asked).toEqual([5n, 6n]);
    expect(await take(chain, 6n)).toBe(6n);
    expect(chain.asked).toEqual([5n, 6n, 7n, 8n]);
    expect(await take(chain, 7n)).toBe(7n);
    expect(chain.asked.slice(4)).toEqual([9n, 10n, 11n]);
    expect(await chain.ahead.at(9n)).toMatchObject({block: {height: 9n}, header: '{9}', url: 'own'});
    expect([await chain.ahead.at(6n), await chain.ahead.at(12n)]).toEqual([undefined, undefined]);
  });

  it('says nothing of a block that is not there, and begins anew when it is told to forget', async () => {
    const chain = node(6n);
    expect([await take(chain, 6n), await take(chain, 7n)]).toEqual([6n, undefined]);
    chain.ahead.forget();
    chain.asked.length = 0;
    expect(await take(chain, 5n)).toBe(5n);
    expect(chain.asked).toEqual([5n, 6n]);
  });

  it('holds no more than 8 MiB, or a block beyond', async () => {
    const chain = node(1_000n, 3 * MIB);
    for (let height = 1n; height < 20n; height += 1n) {
      await take(chain, height);
      // Of 3 MiB each, what is at hand included.
      expect(Number((chain.asked.at(-1) ?? 0n) - height) + 1).toBeLessThanOrEqual(3);
    }
    expect(new Set(chain.asked).size).toBe(chain.asked.length);
  });
});
