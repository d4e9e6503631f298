import {jest} from '@jest/globals';
import {MADE_UP_TRUST, signHeader} from '@vitalvault/light-client/testing';
import {verifiedBlocks} from './verified-blocks.js';

describe('a node that says that a block is not there yet', () => {
  const header = (signers?: number): string => signHeader({height: 5n, appHash: new Uint8Array(32)}, signers);

  async function demoted(headers: string[]): Promise<string[]> {
    const demote = jest.fn<(url: string, why: string) => void>();
    const client = {
      currentUrl: 'own',
      answeredBy: 'own',
      blockIfThere: () => Promise.resolve(undefined),
      headersOf: () => Promise.resolve(headers),
      demoteLaggards: () => Promise.reject(new Error('what nodes say of their heights is not asked')),
      lightBlock: () => Promise.reject(new Error('not asked')),
      waitForHeader: () => Promise.reject(new Error('not asked')),
      demote,
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
