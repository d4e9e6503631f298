import {BlockFollower, ledgerLogOf} from '@vitalvault/ledger-client';
import type {BlockSource, LedgerBlock} from '@vitalvault/ledger-client';
import type {Logger, Standstill} from '@vitalvault/process';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {ProjectionStore} from '../../application/ports.js';
import type {ProjectBlock} from '../../application/project-block.js';
import {projectGenesis} from '../../application/project-genesis.js';

/** Projects the genesis and then follows the chain from the next height on, as soon as the database answers. */
export class FollowChain {
  readonly #follower: BlockFollower;

  constructor(
    options: {genesis: Genesis; client: BlockSource; logger: Logger; standstill: Standstill; afterBlock: () => void},
    ports: {store: ProjectionStore; projectBlock: ProjectBlock},
  ) {
    const {genesis, client, logger, standstill, afterBlock} = options;
    this.#follower = new BlockFollower({
      client,
      log: ledgerLogOf(logger),
      standstill,
      from: async () => {
        await projectGenesis(genesis, ports.store);
        return ((await ports.store.position())?.height ?? 0n) + 1n;
      },
      onBlock: async (block) => {
        await ports.projectBlock.execute({...block, transactions: transactionsOf(block)});
        afterBlock();
      },
    });
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
