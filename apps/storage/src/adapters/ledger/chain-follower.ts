import {BlockFollower, watchFollowing} from '@vitalvault/ledger-client';
import type {BlockFollowerOptions} from '@vitalvault/ledger-client';
import {BackgroundWork, clockReason} from '@vitalvault/process';
import type {Finding, Standstill} from '@vitalvault/process';
import type {FollowLedger} from '../../application/follow-ledger.js';

/** Brings every block to FollowLedger, from the first on whose effect is not stored. */
export class ChainFollower {
  readonly #follower: BlockFollower;
  /** Of what its blocks say. */
  readonly #taking = new BackgroundWork();

  constructor(
    private readonly options: Pick<BlockFollowerOptions, 'client' | 'log'> & {readonly standstill: Standstill},
    private readonly ports: {follow: FollowLedger},
  ) {
    const {follow} = ports;
    this.#follower = new BlockFollower({
      ...options,
      stored: () => follow.begin(),
      together: TOGETHER,
      onBlocks: async (...blocks) => {
        try {
          await follow.execute(...blocks);
          this.#taking.done();
        } catch (error) {
          this.#taking.failed(error, String(blocks[0]?.height));
          throw error;
        }
      },
    });
    watchFollowing(this.#follower);
  }

  /** Returns at once. */
  start(): void {
    this.#follower.start();
  }

  /** Waits for the block in work. */
  async stop(): Promise<void> {
    await this.#follower.stop();
  }

  /** Why the present is not known, and at which height it stands; undefined: it is, or it is told where it stopped. */
  reason(): Finding | undefined {
    if (this.options.standstill.places.length > 0) return undefined;
    if (this.#taking.trouble !== undefined) return this.#taking.trouble;
    const {silentMs} = this.#follower;
    const {head} = this.ports.follow;
    if (head === undefined) return {reason: 'no block seen yet'};
    return silentMs > SILENT_MS
      ? {
          reason: 'no node of LEDGER_RPC shows a block after it',
          at: String(head.height),
          sinceMs: Date.now() - silentMs,
        }
      : undefined;
  }

  /** That this clock is wrong: who signs a request now is refused for it, and nobody else would say so. */
  clock(): string | undefined {
    return clockReason(this.#follower.newestAgeMs, 'the newest blocks', OLDEST_NEW_MS);
  }
}

/** Of one database transaction while the chain is caught up with: what it writes is held in memory. */
const TOGETHER = {blocks: 500, transactions: 2_000, bytes: 8 * 1_048_576};
/** Three empty block intervals (10 s): a chain that goes on has brought one. */
const SILENT_MS = 30_000;
/** An idle chain's blocks are up to 21 s old when they come. */
const OLDEST_NEW_MS = 60_000;
