import {DomainError} from '@vitalvault/errors';
import {verifyBlock} from '@vitalvault/light-client';
import type {ChainTrust} from '@vitalvault/light-client';
import type {BlockSource} from './block-follower.js';
import type {LedgerBlock, LedgerClient} from './ledger-client.js';

type Source = BlockSource &
  Pick<LedgerClient, 'foreignAnswers' | 'answeredBy' | 'lightBlock' | 'waitForHeader' | 'demote'>;

/**
 * Blocks for a follower: the own validator is believed, since it is of the same organisation; what any other node had a
 * hand in is verified from the genesis on, results included, and a node that lies is left. Verifying results waits for
 * the next header, so a block comes later while the own validator is away.
 */
export function verifiedBlocks(client: Source, trust: ChainTrust): BlockSource {
  return {
    get currentUrl() {
      return client.currentUrl;
    },
    demoteLaggards: () => client.demoteLaggards(),
    async blockIfThere(height) {
      const before = client.foreignAnswers;
      const block = await client.blockIfThere(height);
      if (block === undefined || client.foreignAnswers === before) return block;
      const {answeredBy} = client;
      await verify(client, block, trust).catch((error: unknown) => {
        if (error instanceof DomainError && error.code === 'not-verified') client.demote(answeredBy, error.message);
        throw error;
      });
      return block;
    },
  };
}

async function verify(client: Source, block: LedgerBlock, trust: ChainTrust): Promise<void> {
  const own = await client.lightBlock(block.height);
  const next = block.txs.length === 0 ? {} : {next: await client.waitForHeader(block.height + 1n, 15_000)};
  const fault = verifyBlock(block, {own, ...next}, trust);
  if (fault !== undefined)
    throw new DomainError('not-verified', {detail: `Block ${block.height}: ${fault}.`, meta: {reason: fault}});
}
