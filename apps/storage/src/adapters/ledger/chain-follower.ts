import {BlockFollower} from '@vitalvault/ledger-client';
import type {BlockFollowerOptions} from '@vitalvault/ledger-client';
import type {FollowLedger} from '../../application/follow-ledger.js';

/** Brings every block to FollowLedger, from the first on whose effect is not stored. */
export class ChainFollower {
  #follower: BlockFollower | undefined;

  constructor(
    private readonly options: Pick<BlockFollowerOptions, 'client' | 'log'>,
    private readonly ports: {follow: FollowLedger},
  ) {}

  /** @throws DomainError `database-unavailable`: it does not know where to begin */
  async start(): Promise<void> {
    const {follow} = this.ports;
    const fromHeight = await follow.begin();
    this.#follower = new BlockFollower({...this.options, fromHeight, onBlock: (block) => follow.execute(block)});
    this.#follower.start();
  }

  /** Waits for the block in work. */
  async stop(): Promise<void> {
    await this.#follower?.stop();
  }

  /** Why the present is not known; undefined: it is. */
  reason(): string | undefined {
    if (this.ports.follow.head === undefined) return 'no block seen yet';
    return (this.#follower?.silentMs ?? 0) > SILENT_MS ? 'no block for 30 s' : undefined;
  }
}

/** Three empty block intervals (10 s): a chain that goes on has brought one. */
const SILENT_MS = 30_000;
