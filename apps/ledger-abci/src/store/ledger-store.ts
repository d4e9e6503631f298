import {mkdirSync, readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import type {NewLeaf} from '@vitalvault/ledger-state';
import {encodeBlock} from './committed-block.js';
import type {CommittedBlock} from './committed-block.js';
import type {CommittedState} from './committed-state.js';
import {SYSTEM_CALLS} from './durable-file.js';
import type {FileCalls} from './durable-file.js';
import type {LeafPlace} from './leaf-places.js';
import {recover} from './recover.js';
import type {Recovered} from './recover.js';
import {Segment} from './segment.js';
import {heightOfSnapshot, snapshotName, writeSnapshot} from './snapshot.js';
import type {SnapshotTip} from './snapshot.js';
import {lockStateDir} from './state-dir-lock.js';
import type {StateDirLock} from './state-dir-lock.js';
import {StoreError} from './store-error.js';

export interface StoreOptions {
  readonly dir: string;
  readonly snapshotBlocks: number;
  readonly calls?: FileCalls;
}

/** A changelog is read as a whole at start, so it ends early when blocks are large. */
const LARGEST_CHANGELOG_BYTES = 256 << 20;

/** Snapshots that are kept: the newest, and the one before in case it is damaged. */
const KEPT_SNAPSHOTS = 2;

/**
 * The ledger's only durable state: changelogs with one record per block, and snapshots so that a start need not read
 * all of them. Changelogs are never deleted: they hold the leaves of the logs.
 */
export class LedgerStore {
  private failed = false;
  private sinceSnapshot: number;

  private readonly segments: Map<number, Segment>;
  private current: Segment | undefined;

  private constructor(
    private readonly options: Required<StoreOptions>,
    private readonly lock: StateDirLock,
    recovered: Recovered,
  ) {
    this.segments = recovered.segments;
    this.current = recovered.newest;
    this.sinceSnapshot = recovered.blocksInTail;
  }

  /**
   * Locks the directory, reads what is durable and checks it against its own app hash.
   * @throws StoreError when another process has it or what is there cannot be what was committed.
   */
  static open(options: StoreOptions): {store: LedgerStore; recovered: Recovered} {
    const all = {calls: SYSTEM_CALLS, ...options};
    mkdirSync(all.dir, {recursive: true, mode: 0o700});
    const lock = lockStateDir(all.dir);
    try {
      const recovered = recover(all.dir, all.calls);
      return {store: new LedgerStore(all, lock, recovered), recovered};
    } catch (error) {
      lock.release();
      throw error;
    }
  }

  /**
   * Makes a block durable: one write, one fdatasync. After a failure nothing more is taken: what is on disk is a torn
   * tail at the most, which the next start cuts off.
   * @returns the places of the leaves, in their order.
   */
  append(block: CommittedBlock, leaves: readonly NewLeaf[]): LeafPlace[] {
    if (this.failed) throw new StoreError('the store has failed before; the process must stop');
    this.failed = true;
    const segment = (this.current ??= this.begin(Number(block.height)));
    const encoded = encodeBlock(block, leaves);
    const offset = segment.append(encoded.bytes);
    this.sinceSnapshot++;
    this.failed = false;
    return encoded.leaves.map((leaf) => ({segment: segment.first, offset: offset + leaf.offset, length: leaf.length}));
  }

  /** Writes a snapshot and begins a new changelog when it is time to. `state` is that of the last appended block. */
  snapshotIfDue(tip: SnapshotTip, state: CommittedState): boolean {
    const isLarge = (this.current?.bytes ?? 0) > LARGEST_CHANGELOG_BYTES;
    if (this.sinceSnapshot < this.options.snapshotBlocks && !isLarge) return false;
    writeSnapshot(this.options.dir, tip, state);
    this.current = this.begin(Number(tip.height) + 1);
    this.sinceSnapshot = 0;
    const heights = readdirSync(this.options.dir)
      .map(heightOfSnapshot)
      .filter((height) => height !== undefined)
      .sort((a, b) => b - a);
    for (const height of heights.slice(KEPT_SNAPSHOTS)) rmSync(join(this.options.dir, snapshotName(BigInt(height))));
    return true;
  }

  readLeaf({segment, offset, length}: LeafPlace): Uint8Array {
    const file = this.segments.get(segment);
    if (file === undefined) throw new StoreError(`the changelog from height ${segment} on is missing`);
    return file.read(offset, length);
  }

  close(): void {
    this.failed = true;
    for (const segment of this.segments.values()) segment.close();
    this.segments.clear();
    this.lock.release();
  }

  private begin(first: number): Segment {
    const segment = Segment.create(this.options.dir, first, this.options.calls);
    this.segments.set(first, segment);
    return segment;
  }
}
