import {equalBytes} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import type {Standstill} from '@vitalvault/process';
import {setTimeout as sleep} from 'node:timers/promises';
import {BlockBell} from './block-bell.js';
import {ChainFault} from './chain-fault.js';
import type {LedgerClient} from './ledger-client.js';
import type {LedgerBlock} from './ledger-reader.js';
import type {LedgerLog} from './ledger-log.js';
import {txIdOf} from './tx-id.js';
import {TxOutcomes} from './tx-outcomes.js';
import type {TxOutcome} from './tx-outcomes.js';

/** The part of a LedgerClient that following needs. */
export interface BlockSource extends Pick<LedgerClient, 'currentUrl' | 'demoteLaggards'> {
  /**
   * The block, or undefined when it is not there yet.
   * @param more whether those after it are asked for next, one after the other
   */
  blockIfThere(height: bigint, more?: boolean): Promise<LedgerBlock | undefined>;
}

/** The newest block whose effect is stored; height 0: none is. */
export interface StoredBlock {
  readonly height: bigint;
  /** Of its header, 32 bytes; undefined: nobody has kept it. */
  readonly hash?: Uint8Array | undefined;
}

export interface BlockFollowerOptions {
  readonly client: BlockSource;
  /**
   * Asked at the start and after each failure: a database that came back from a copy may lack what this process has
   * seen stored, and one that was put in its place may be of another chain. Nothing is delivered before the chain is
   * seen to have this very block.
   */
  readonly stored: () => Promise<StoredBlock>;
  /**
   * Called with every block in order, the next only after it resolved. When it rejects, the block comes again. Far
   * behind, it is called with several at once, as many as `together` says; those of a call that rejected come one by
   * one.
   */
  readonly onBlocks: (...blocks: LedgerBlock[]) => Promise<void>;
  /** Most blocks of a call, and with how many transactions and bytes no more are added. Default: one block. */
  readonly together?: {readonly blocks: number; readonly transactions: number; readonly bytes: number};
  /** Told where it stands when a block cannot be taken, and that it goes on. Default: nobody is told. */
  readonly standstill?: Pick<Standstill, 'stopped' | 'goesOn'>;
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

// What is away comes back, and what a block lacks does not: that is tried again, but not in a hurry.
const LONGEST_STOP_MS = 60_000;
// A node that lies is left for the next; what none of them can prove is no lie any more.
const MOST_UNVERIFIED = 8;
// A block that is here and is not taken for so long stands, whatever says why: a database may be there and too slow.
const LONGEST_TRY_MS = 120_000;
// With a live bell, polling only guards against a lost ring.
const GUARD_POLL_MS = 1_000;
const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 5_000;
const BELL_RETRY_MS = 2_000;
// The first block after a standstill of the chain has the time of votes before it: one block tells nothing of a clock.
const AGES = 3;

/** Follows the chain block by block. One per service: everything that waits for a transaction waits here. */
export class BlockFollower {
  private readonly outcomes: TxOutcomes;
  private readonly stopping = new AbortController();
  private next = 1n;
  private begun = false;
  private failures = 0;
  /** Since when the block at hand is not taken; undefined: none is, or it was never tried. */
  private tryingSince: number | undefined;
  private running: Promise<void> | undefined;
  private bell: BlockBell | undefined;
  private bellTriedAt = -Infinity;
  private rung = new AbortController();
  private lastBlockAt = performance.now();
  private comparedAt = -Infinity;
  private lastBlock: Pick<LedgerBlock, 'height' | 'timeSeconds'> | undefined;
  /** Up to here blocks come one by one: one of them could not be taken together with others. */
  private oneByOneTo = 0n;
  private awaited = false;
  private agesMs: readonly number[] = [];

  constructor(private readonly options: BlockFollowerOptions) {
    this.outcomes = new TxOutcomes(options.remembered ?? 20_000);
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Waits for the block in work, delivers no further one and lets all who wait go with 'shutting-down'. */
  async stop(): Promise<void> {
    this.stopping.abort();
    this.rung.abort();
    await this.running;
    this.bell?.close();
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
   * How old the youngest of the last three blocks that were waited for was by this clock when it came, milliseconds;
   * undefined before the third. A chain that goes on brings them 1 to 21 s old; a clock that is behind makes it
   * negative.
   */
  get newestAgeMs(): number | undefined {
    return this.agesMs.length < AGES ? undefined : Math.min(...this.agesMs);
  }

  /**
   * The outcome of a transaction, after `onBlocks` for its block resolved. Knows what was delivered since it started.
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
    while (!this.stopped()) {
      try {
        this.hangBell();
        // Renewed before the look, so that a ring during it is not missed.
        this.rung = new AbortController();
        const block = (await this.isBegun()) ? await this.options.client.blockIfThere(this.next) : undefined;
        if (block === undefined) {
          this.awaited = true;
          await this.waitForRing();
        } else if (this.takeTime(block)) await this.deliver([block]);
        else await this.catchUp(block);
        this.failures = 0;
      } catch (err) {
        if (this.stopped()) return;
        await this.failed(err);
      }
    }
  }

  /** @throws ChainFault when the chain has another block than the one whose effect is stored */
  private async isBegun(): Promise<boolean> {
    if (this.begun) return true;
    const {height, hash} = await this.options.stored();
    this.next = height + 1n;
    this.begun = height === 0n || hash === undefined || (await this.hasBlock(height, hash));
    return this.begun;
  }

  /** False when nobody shows it yet. */
  private async hasBlock(height: bigint, hash: Uint8Array): Promise<boolean> {
    const block = await this.options.client.blockIfThere(height);
    if (block !== undefined && !equalBytes(block.hash, hash))
      throw new ChainFault(`the chain has another block ${height} than the one whose effect is stored`);
    return block !== undefined;
  }

  private async failed(err: unknown): Promise<void> {
    this.begun = false;
    this.failures += 1;
    const height = this.next.toString();
    const stops = !this.mayPass(err);
    const longest = stops ? LONGEST_STOP_MS : LONGEST_BACKOFF_MS;
    const backoffMs = Math.min(FIRST_BACKOFF_MS * 2 ** Math.min(this.failures - 1, 20), longest);
    if (stops) this.options.standstill?.stopped(height, err);
    this.options.log.warn({err, height, backoffMs}, 'block could not be followed, trying again');
    await this.pause(backoffMs, this.stopping.signal);
  }

  private mayPass(err: unknown): boolean {
    if (this.tryingSince !== undefined && performance.now() - this.tryingSince > LONGEST_TRY_MS) return false;
    if (!(err instanceof DomainError) || !err.retryable) return false;
    return err.code !== 'not-verified' || this.failures < MOST_UNVERIFIED;
  }

  /** @returns whether it was waited for: then it is the newest. */
  private takeTime({timeSeconds}: LedgerBlock): boolean {
    const {awaited} = this;
    if (awaited) this.agesMs = [...this.agesMs, Date.now() - Number(timeSeconds) * 1_000].slice(-AGES);
    this.awaited = false;
    return awaited;
  }

  /** Takes blocks together while there are more of them, and fetches the next ones meanwhile. */
  private async catchUp(first: LedgerBlock): Promise<void> {
    for (let blocks = [first]; blocks.length > 0 && !this.stopped();) {
      const taken = new AbortController();
      const ahead = this.fetchAhead(blocks.at(-1)?.height ?? 0n, taken.signal);
      try {
        await this.deliver(blocks);
      } catch (err) {
        if (blocks.length === 1) throw err;
        this.oneByOneTo = blocks.at(-1)?.height ?? 0n;
        this.begun = false;
        this.options.log.warn({err, height: blocks[0]?.height.toString()}, 'blocks come one by one');
        return;
      } finally {
        taken.abort();
        blocks = await ahead;
      }
    }
  }

  /** The blocks after `height` until those before them are taken; what fails here fails again when it is looked at. */
  private async fetchAhead(height: bigint, taken: AbortSignal): Promise<LedgerBlock[]> {
    const {client, together = {blocks: 1, transactions: 1, bytes: 1}} = this.options;
    const blocks: LedgerBlock[] = [];
    let [transactions, bytes] = [0, 0];
    while (blocks.length < together.blocks && transactions < together.transactions && bytes < together.bytes) {
      const wanted = height + BigInt(blocks.length) + 1n;
      if (blocks.length > 0 && (taken.aborted || wanted <= this.oneByOneTo)) break;
      const block = await client.blockIfThere(wanted, true).catch(() => undefined);
      if (block === undefined) break;
      blocks.push(block);
      transactions += block.txs.length;
      bytes += block.txs.reduce((sum, tx) => sum + tx.length, 0);
    }
    return blocks;
  }

  private stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async deliver(blocks: readonly LedgerBlock[]): Promise<void> {
    this.tryingSince ??= performance.now();
    await this.options.onBlocks(...blocks);
    this.tryingSince = undefined;
    for (const block of blocks) this.taken(block);
    this.lastBlockAt = performance.now();
    this.options.standstill?.goesOn();
  }

  private taken(block: LedgerBlock): void {
    for (const [index, tx] of block.txs.entries()) {
      const txId = txIdOf(tx);
      const result = block.results[index];
      if (txId !== undefined && result !== undefined)
        this.outcomes.record(txId, {height: block.height, code: result.code, data: result.data, index});
    }
    this.next = block.height + 1n;
    this.lastBlock = {height: block.height, timeSeconds: block.timeSeconds};
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
    await this.mustBeOnChain();
  }

  // A database that knows more blocks than there are came from another chain, or the chain went back.
  private async mustBeOnChain(): Promise<void> {
    const stored = this.next - 1n;
    if (stored < 1n || (await this.options.client.blockIfThere(stored)) !== undefined) return;
    const fault = new ChainFault(`no node that answers has block ${stored}, whose effect is stored`);
    this.options.standstill?.stopped(stored.toString(), fault);
  }

  // The bell hangs at the node that answers now. The next one is hung when nothing is left of the one before, and not
  // more often than every two seconds.
  private hangBell(): void {
    const url = this.options.client.currentUrl;
    if (this.bell !== undefined && this.bell.url !== url) this.bell.close();
    if (this.bell?.gone === false || performance.now() - this.bellTriedAt < BELL_RETRY_MS) return;
    this.bellTriedAt = performance.now();
    this.bell = new BlockBell(url, () => {
      this.rung.abort();
    });
  }

  private async pause(ms: number, signal: AbortSignal): Promise<void> {
    await sleep(ms, undefined, {signal}).catch(() => undefined);
  }
}
