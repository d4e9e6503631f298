import {DomainError} from '@vitalvault/errors';
import {setTimeout as sleep} from 'node:timers/promises';
import {BlockBell} from './block-bell.js';
import type {LedgerBlock, LedgerClient} from './ledger-client.js';
import type {LedgerLog} from './ledger-log.js';
import {txIdOf} from './tx-id.js';
import {TxOutcomes} from './tx-outcomes.js';
import type {TxOutcome} from './tx-outcomes.js';

/** The part of a LedgerClient that following needs. */
export type BlockSource = Pick<LedgerClient, 'blockIfThere' | 'currentUrl' | 'demoteLaggards'>;

export interface BlockFollowerOptions {
  readonly client: BlockSource;
  /** First height to deliver: one above the last whose effect is stored. */
  readonly fromHeight: bigint;
  /**
   * Called with every block once and in order, the next only after it resolved. When it rejects, it is called again
   * with the same block.
   */
  readonly onBlock: (block: LedgerBlock) => Promise<void>;
  readonly log: LedgerLog;
  readonly pollMs?: number;
  /**
   * Without a block for so long, the nodes are compared and those behind are left. Must exceed the empty block interval
   * (10 s).
   */
  readonly stallMs?: number;
  /** How many transactions' outcomes are remembered for `waitForTx`. */
  readonly remembered?: number;
}

// With a live bell, polling only guards against a lost ring.
const GUARD_POLL_MS = 1_000;
const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 5_000;
const BELL_RETRY_MS = 2_000;

/** Follows the chain block by block. One per service: everything that waits for a transaction waits here. */
export class BlockFollower {
  private readonly outcomes: TxOutcomes;
  private readonly stopping = new AbortController();
  private next: bigint;
  private running: Promise<void> | undefined;
  private bell: BlockBell | undefined;
  private bellTriedAt = -Infinity;
  private rung = new AbortController();
  private lastBlockAt = performance.now();
  private comparedAt = -Infinity;
  private lastBlock: Pick<LedgerBlock, 'height' | 'timeSeconds'> | undefined;

  constructor(private readonly options: BlockFollowerOptions) {
    this.next = options.fromHeight < 1n ? 1n : options.fromHeight;
    this.outcomes = new TxOutcomes(options.remembered ?? 20_000);
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Waits for the block in work, delivers no further one and lets all who wait go with 'shutting-down'. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.rung.abort();
    this.bell?.close();
    await this.running;
  }

  /** Newest block whose effect is stored; undefined before the first. */
  get newest(): Pick<LedgerBlock, 'height' | 'timeSeconds'> | undefined {
    return this.lastBlock;
  }

  /** How long ago the newest block came, or following began; milliseconds. */
  get silentMs(): number {
    return performance.now() - this.lastBlockAt;
  }

  /**
   * The outcome of a transaction, after `onBlock` for its block resolved. Knows what was delivered since it started.
   * @param txId in lower-case hex
   * @throws DomainError('tx-timeout') when it is in no block in time: its outcome is then unknown, not a refusal
   */
  async waitForTx(txId: string, timeoutMs: number): Promise<TxOutcome> {
    const outcome = await this.outcomes.wait(
      txId,
      AbortSignal.any([this.stopping.signal, AbortSignal.timeout(timeoutMs)]),
    );
    if (outcome !== undefined) return outcome;
    throw new DomainError(this.stopping.signal.aborted ? 'shutting-down' : 'tx-timeout', {meta: {txId}});
  }

  /** The outcome of a transaction that was delivered already. */
  outcome(txId: string): TxOutcome | undefined {
    return this.outcomes.get(txId);
  }

  private async run(): Promise<void> {
    let backoff = FIRST_BACKOFF_MS;
    while (!this.stopped()) {
      try {
        this.hangBell();
        // Renewed before the look, so that a ring during it is not missed.
        this.rung = new AbortController();
        const block = await this.options.client.blockIfThere(this.next);
        if (block === undefined) await this.waitForRing();
        else await this.deliver(block);
        backoff = FIRST_BACKOFF_MS;
      } catch (err) {
        if (this.stopped()) return;
        this.options.log.warn(
          {err, height: this.next.toString(), backoffMs: backoff},
          'block could not be followed, trying again',
        );
        await this.pause(backoff, this.stopping.signal);
        backoff = Math.min(backoff * 2, LONGEST_BACKOFF_MS);
      }
    }
  }

  private stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async deliver(block: LedgerBlock): Promise<void> {
    await this.options.onBlock(block);
    for (const [index, tx] of block.txs.entries()) {
      const txId = txIdOf(tx);
      const result = block.results[index];
      if (txId !== undefined && result !== undefined)
        this.outcomes.record(txId, {height: block.height, code: result.code, data: result.data, index});
    }
    this.next = block.height + 1n;
    this.lastBlock = {height: block.height, timeSeconds: block.timeSeconds};
    this.lastBlockAt = performance.now();
  }

  private async waitForRing(): Promise<void> {
    const {pollMs = 150, stallMs = 20_000, client} = this.options;
    await this.pause(
      this.bell?.live === true ? GUARD_POLL_MS : pollMs,
      AbortSignal.any([this.rung.signal, this.stopping.signal]),
    );
    if (performance.now() - Math.max(this.lastBlockAt, this.comparedAt) < stallMs) return;
    this.comparedAt = performance.now();
    await client.demoteLaggards();
  }

  // The bell hangs at the node that answers now; a dead one is replaced, but not more often than every two seconds.
  private hangBell(): void {
    const url = this.options.client.currentUrl;
    if (this.bell?.url === url && !this.bell.dead) return;
    if (performance.now() - this.bellTriedAt < BELL_RETRY_MS) return;
    this.bellTriedAt = performance.now();
    this.bell?.close();
    this.bell = new BlockBell(url, () => {
      this.rung.abort();
    });
  }

  private async pause(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(ms, undefined, {signal}).catch(() => undefined);
  }
}
