import {BlockFollower, ledgerLogOf} from '@vitalvault/ledger-client';
import type {BlockSource} from '@vitalvault/ledger-client';
import type {Logger} from '@vitalvault/process';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {setTimeout as sleep} from 'node:timers/promises';
import type {ProjectionStore} from '../../application/ports.js';
import type {ProjectBlock} from '../../application/project-block.js';
import {projectGenesis} from '../../application/project-genesis.js';

/** Pause before the database is asked again for where to begin. */
const RETRY_MS = 1_000;

/** Projects the genesis and then follows the chain from the next height on, as soon as the database answers. */
export class FollowChain {
  readonly #stopping = new AbortController();
  #follower: BlockFollower | undefined;
  #started: Promise<void> | undefined;

  constructor(
    private readonly options: {genesis: Genesis; client: BlockSource; logger: Logger; afterBlock: () => void},
    private readonly ports: {store: ProjectionStore; projectBlock: ProjectBlock},
  ) {}

  /** Returns at once. */
  start(): void {
    this.#started ??= this.#begin();
  }

  /** Ends after the block in work. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#started;
    await this.#follower?.stop();
  }

  async #begin(): Promise<void> {
    const {genesis, client, logger, afterBlock} = this.options;
    while (!this.#stopping.signal.aborted) {
      try {
        await projectGenesis(genesis, this.ports.store);
        const position = await this.ports.store.position();
        const fromHeight = (position?.height ?? 0n) + 1n;
        this.#follower = new BlockFollower({
          client,
          fromHeight,
          log: ledgerLogOf(logger),
          onBlock: async ({height, timeSeconds, txs, results}) => {
            const transactions = txs.map((bytes, i) => ({
              bytes,
              code: results[i]?.code ?? 0,
              data: results[i]?.data ?? new Uint8Array(),
            }));
            await this.ports.projectBlock.execute({height, timeSeconds, transactions});
            afterBlock();
          },
        });
        this.#follower.start();
        logger.info('following the chain', {fromHeight});
        return;
      } catch (error) {
        logger.warn('cannot follow the chain yet', {error});
        await sleep(RETRY_MS, undefined, {signal: this.#stopping.signal}).catch(() => undefined);
      }
    }
  }
}
