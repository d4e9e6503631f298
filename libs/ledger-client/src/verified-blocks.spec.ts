import {jest} from '@jest/globals';
import {sha256Of} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import {MADE_UP_TRUST, signHeader} from '@vitalvault/light-client/testing';
import {leafHash} from '@vitalvault/proofs';
import type {LedgerBlock} from './ledger-reader.js';
import {verifiedBlocks} from './verified-blocks.js';

const BLOCK: LedgerBlock = {
  height: 5n,
  timeSeconds: 1_700_000_000n,
  hash: new Uint8Array(32),
  txs: [Uint8Array.of(1)],
  results: [{code: 0, data: new Uint8Array()}],
};
const appHash = new Uint8Array(32);
const OWN = signHeader({height: 5n, appHash, dataHash: leafHash(sha256Of(Uint8Array.of(1)))});
// A result without code and data has no bytes.
const NEXT = signHeader({height: 6n, appHash, lastResultsHash: leafHash(new Uint8Array())});

describe('a block with transactions whose next header is slow', () => {
  it('is not there yet: its node is left only when another shows that header', async () => {
    const left: string[] = [];
    let shown: string[] = [];
    const blocks = verifiedBlocks(
      {
        currentUrl: 'own',
        answeredBy: 'own',
        inTurn: () => [],
        blockIfThere: () => Promise.resolve(BLOCK),
        headersOf: (of) => Promise.resolve(of === BLOCK.height + 1n ? shown : []),
        demoteLaggards: () => Promise.resolve(),
        lightBlock: () => Promise.resolve(OWN),
        // As a LedgerReader, when the time is up.
        waitForHeader: () => Promise.reject(new DomainError('ledger-unavailable')),
        demote: (url) => void left.push(`${url} lies`),
        passOver: (url) => void left.push(url),
      },
      MADE_UP_TRUST,
    );
    for (let i = 0; i < 3; i++) {
      expect(await blocks.blockIfThere(BLOCK.height)).toBeUndefined();
      await blocks.demoteLaggards();
    }
    expect(left).toEqual([]);
    shown = [NEXT];
    await blocks.demoteLaggards();
    expect(left).toEqual(['own']);
  });
});

describe('a node that keeps the next header of a block back', () => {
  /** Who was left, and for what, after a block was asked for. */
  async function leftFor(block: LedgerBlock, shown: string[]): Promise<string[]> {
    const left: string[] = [];
    const blocks = verifiedBlocks(
      {
        currentUrl: 'own',
        answeredBy: 'own',
        inTurn: () => [],
        blockIfThere: () => Promise.resolve(block),
        headersOf: () => Promise.resolve(shown),
        demoteLaggards: () => Promise.resolve(),
        lightBlock: () => Promise.resolve(OWN),
        waitForHeader: () => Promise.reject(new DomainError('ledger-unavailable')),
        demote: (url, why) => void left.push(`${url}: ${why}`),
        passOver: (url) => void left.push(url),
      },
      MADE_UP_TRUST,
    );
    await blocks.blockIfThere(BLOCK.height).catch(() => undefined);
    await blocks.demoteLaggards();
    return left;
  }

  it('and forges its transactions, is left for that at once', async () => {
    const forged = {...BLOCK, txs: [Uint8Array.of(2)]};
    expect(await leftFor(forged, [])).toEqual(['own: block 5: wrong-transactions']);
  });

  it('and forges its results, is left for that when another shows the header', async () => {
    const forged = {...BLOCK, results: [{code: 0, data: Uint8Array.of(1)}]};
    expect(await leftFor(forged, [NEXT])).toEqual(['own: block 5: wrong-results']);
  });
});

describe('a node that says that a block is not there yet', () => {
  const header = (signers?: number): string => signHeader({height: 5n, appHash: new Uint8Array(32)}, signers);

  async function demoted(headers: string[]): Promise<string[]> {
    const demote = jest.fn<(url: string, why: string) => void>();
    const client = {
      currentUrl: 'own',
      answeredBy: 'own',
      inTurn: () => [],
      blockIfThere: () => Promise.resolve(undefined),
      headersOf: () => Promise.resolve(headers),
      demoteLaggards: () => Promise.reject(new Error('what nodes say of their heights is not asked')),
      lightBlock: () => Promise.reject(new Error('not asked')),
      waitForHeader: () => Promise.reject(new Error('not asked')),
      demote: () => {
        throw new Error('it is no lie');
      },
      passOver: demote,
    };
    const blocks = verifiedBlocks(client, MADE_UP_TRUST);
    await blocks.demoteLaggards();
    expect(await blocks.blockIfThere(5n)).toBeUndefined();
    await blocks.demoteLaggards();
    return demote.mock.calls.map(([url]) => url);
  }

  it('is left when another shows the header of the block', async () => {
    expect(await demoted(['{}', header()])).toEqual(['own']);
  });

  it.each<[string, string[]]>([
    ['nobody shows a header', []],
    ['the header is signed by too few', [header(2)]],
    ['the header is of another height', [signHeader({height: 4n, appHash: new Uint8Array(32)})]],
    ['the header is none', ['null', '{}']],
  ])('is believed when %s', async (_what, headers) => {
    expect(await demoted(headers)).toEqual([]);
  });
});

describe('blocks that were fetched ahead', () => {
  const hashed = (tx: number) => leafHash(sha256Of(Uint8Array.of(tx)));
  const lastResultsHash = leafHash(new Uint8Array());
  const headers = new Map(
    [1, 2, 3, 4].map((n) => [
      BigInt(n),
      signHeader({height: BigInt(n), appHash, dataHash: hashed(n), ...(n === 1 ? {} : {lastResultsHash})}),
    ]),
  );
  const made = (height: bigint): LedgerBlock | undefined =>
    height > 3n ? undefined : {...BLOCK, height, txs: [Uint8Array.of(Number(height))]};

  /** A node that may forge what it is asked for ahead; noted: who was left, and headers that are asked for by turns. */
  function source(forge: (block: LedgerBlock) => LedgerBlock = (block) => block) {
    const noted = {left: [] as string[], inTurn: [] as bigint[]};
    const lightBlock = (height = 4n) => Promise.resolve(headers.get(height) ?? '');
    const node = {
      url: 'ahead',
      lightBlock,
      waitForHeader: lightBlock,
      proofs: () => Promise.reject(new Error('not asked')),
      blockIfThere: (height: bigint) => Promise.resolve(made(height) && forge(made(height) as LedgerBlock)),
    };
    const blocks = verifiedBlocks(
      {
        currentUrl: 'own',
        answeredBy: 'own',
        inTurn: () => [node],
        blockIfThere: (height) => Promise.resolve(made(height)),
        headersOf: () => Promise.resolve([]),
        demoteLaggards: () => Promise.resolve(),
        lightBlock: (height = 0n) => {
          noted.inTurn.push(height);
          return lightBlock(height);
        },
        waitForHeader: (height) => {
          noted.inTurn.push(height);
          return lightBlock(height);
        },
        demote: (url, why) => void noted.left.push(`${url}: ${why}`),
        passOver: (url) => void noted.left.push(url),
      },
      MADE_UP_TRUST,
    );
    return {blocks, noted};
  }

  it('are verified like any other, with the hash of their header, and each header is asked for once', async () => {
    const {blocks, noted} = source();
    const taken = [];
    for (const height of [1n, 2n, 3n]) taken.push(await blocks.blockIfThere(height, true));
    expect(taken.map((block) => block?.height)).toEqual([1n, 2n, 3n]);
    expect(new Set(taken.map((block) => block?.hash.length))).toEqual(new Set([32]));
    expect(taken.map((block) => block?.hash.some((byte) => byte !== 0))).toEqual([true, true, true]);
    // The last one's next is not there ahead: nobody has that block yet.
    expect(noted).toEqual({left: [], inTurn: [4n]});
  });

  it('are refused when they are forged, their node is left, and they are fetched anew', async () => {
    const {blocks, noted} = source((block) => (block.height === 2n ? {...block, txs: [Uint8Array.of(9)]} : block));
    expect((await blocks.blockIfThere(1n, true))?.height).toBe(1n);
    await expect(blocks.blockIfThere(2n, true)).rejects.toMatchObject({code: 'not-verified'});
    expect(noted.left).toEqual(['ahead: block 2: wrong-transactions']);
    expect((await blocks.blockIfThere(2n))?.txs).toEqual([Uint8Array.of(2)]);
  });
});
