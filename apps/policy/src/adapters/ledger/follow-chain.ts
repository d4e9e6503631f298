import {BlockFollower, ledgerLogOf, watchFollowing} from '@vitalvault/ledger-client';
import type {BlockSource, LedgerBlock} from '@vitalvault/ledger-client';
import type {Logger, Standstill} from '@vitalvault/process';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {ProjectionStore} from '../../application/ports.js';
import type {ProjectBlocks} from '../../application/project-blocks.js';
import {projectGenesis} from '../../application/project-genesis.js';

/** Of one database transaction while the chain is caught up with: what it writes is held in memory. */
const TOGETHER = {blocks: 500, transactions: 2_000, bytes: 8 * 1_048_576};

/** Projects the genesis and then follows the chain from the next height on, as soon as the database answers. */
export class FollowChain {
  readonly #follower: BlockFollower;

  constructor(
    options: {
      genesis: Genesis;
      client: BlockSource;
      logger: Logger;
      standstill: Pick<Standstill, 'stopped' | 'goesOn'>;
      afterBlock: () => void;
    },
    ports: {store: ProjectionStore; projectBlocks: ProjectBlocks},
  ) {
    const {genesis, client, logger, standstill, afterBlock} = options;
    this.#follower = new BlockFollower({
      client,
      log: ledgerLogOf(logger),
      standstill,
      stored: async () => {
        await projectGenesis(genesis, ports.store);
        return (await ports.store.position()) ?? {height: 0n};
      },
      together: TOGETHER,
      onBlocks: async (...blocks) => {
        await ports.projectBlocks.execute(...blocks.map((block) => ({...block, transactions: transactionsOf(block)})));
        afterBlock();
      },
    });
    watchFollowing(this.#follower);
  }

  /** Returns at once. */
  start(): void {
    this.#follower.start();
  }

  /** Ends after the block in work. */
  async stop(): Promise<void> {
    await this.#follower.stop();
  }
}

const transactionsOf = ({height, txs, results}: LedgerBlock) =>
  txs.map((bytes, place) => {
    const result = results[place];
    // Verified blocks have one for each; without it nobody knows what the ledger did.
    if (result === undefined) throw new RangeError(`block ${height} has fewer results than transactions`);
    return {bytes, code: result.code, data: result.data};
  });
