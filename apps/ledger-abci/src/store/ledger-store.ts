import {randomBytes} from 'node:crypto';
import {equalBytes, sha256Of} from '@vitalvault/contracts';
import type {NewLeaf} from '@vitalvault/ledger-state';
import {leafHash} from '@vitalvault/proofs';
import {ChangelogFiles} from './changelog-files.js';
import {encodeBlock} from './committed-block.js';
import type {CommittedBlock} from './committed-block.js';
import type {CommittedState} from './committed-state.js';
import {makeDirectory, SYSTEM_CALLS} from './durable-file.js';
import type {FileCalls} from './durable-file.js';
import type {LeafPlace} from './leaf-places.js';
import {CHECKSUM_BYTES} from './record-chain.js';
import {recover} from './recover.js';
import type {Recovered} from './recover.js';
import {Segment} from './segment.js';
import type {SnapshotTip} from './snapshot-tip.js';
import {Snapshots} from './snapshots.js';
import type {SnapshotOutcome} from './snapshots.js';
import {lockStateDir} from './state-dir-lock.js';
import type {StateDirLock} from './state-dir-lock.js';
import {StoreError} from './store-error.js';

export interface StoreOptions {
  readonly dir: string;
  readonly snapshotBlocks: number;
  /**
   * A snapshot is due at the heights that leave this remainder. Absent: by the directory's own random bytes, so that
   * validators do not write theirs at the same height.
   */
  readonly snapshotRemainder?: number;
  readonly calls?: Partial<FileCalls>;
  readonly report?: (outcome: SnapshotOutcome) => void;
}

/** A start reads what no snapshot covers, so one comes early when blocks are large. */
const LARGEST_CHANGELOG_BYTES = 256 << 20;

/**
 * The ledger's only durable state: changelogs with one record per block, and snapshots so that a start need not read
 * all of them. Changelogs are never deleted: they hold the leaves of the logs.
 */
export class LedgerStore {
  private failed = false;
  private current: Segment | undefined;
  private hasGenesis: boolean;
  private checksum: Uint8Array;
  private readonly files: ChangelogFiles;
  private readonly snapshots: Snapshots;
  private readonly remainder: bigint;

  private constructor(
    private readonly options: Omit<StoreOptions, 'calls'> & {readonly calls: FileCalls},
    private readonly lock: StateDirLock,
    recovered: Recovered,
  ) {
    this.files = new ChangelogFiles(options.dir);
    this.current = recovered.newest;
    this.hasGenesis = recovered.tip !== undefined;
    this.checksum = recovered.checksum ?? randomBytes(CHECKSUM_BYTES);
    const {dir, calls, report = () => undefined} = options;
    this.snapshots = new Snapshots({dir, calls, report});
    const own = Buffer.from(recovered.directoryBytes ?? this.checksum).readUInt32LE();
    this.remainder = BigInt((options.snapshotRemainder ?? own) % options.snapshotBlocks);
  }

  /**
   * Locks the directory, reads what is durable and checks it against its own app hash.
   * @throws StoreError when another process has it or what is there cannot be what was committed.
   */
  static open(options: StoreOptions): {store: LedgerStore; recovered: Recovered} {
    const all = {...options, calls: {...SYSTEM_CALLS, ...options.calls}};
    makeDirectory(all.dir, all.calls);
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
    [this.checksum, this.hasGenesis] = [segment.checksum, true];
    this.failed = false;
    return encoded.leaves.map((leaf) => ({segment: segment.first, offset: offset + leaf.offset, length: leaf.length}));
  }

  /**
   * Begins a new changelog when it is time to, and to write a snapshot, which goes on between the blocks that follow.
   * `state` is that of the last appended block.
   */
  snapshotIfDue(tip: SnapshotTip, state: CommittedState): void {
    const isLarge = (this.current?.bytes ?? 0) > LARGEST_CHANGELOG_BYTES;
    if (tip.height % BigInt(this.options.snapshotBlocks) !== this.remainder && !isLarge) return;
    this.current?.close();
    this.current = undefined;
    this.snapshots.begin({tip, checksum: this.checksum}, state);
  }

  /** Resolves when no snapshot is being written. */
  idle(): Promise<void> {
    return this.snapshots.idle();
  }

  /** @param hash of the leaf. @throws StoreError when other bytes are at its place, or none */
  readLeaf(place: LeafPlace, hash: Uint8Array): Uint8Array {
    const leaf = this.files.read(place);
    if (!equalBytes(leafHash(leaf, sha256Of), hash))
      throw StoreError.damaged(`a leaf is damaged at byte ${place.offset} of ${this.files.pathOf(place.segment)}`);
    return leaf;
  }

  async close(): Promise<void> {
    this.failed = true;
    await this.snapshots.stop();
    this.current?.close();
    this.files.close();
    this.lock.release();
  }

  private begin(first: number): Segment {
    const {dir, calls} = this.options;
    return Segment.create(dir, {first, hasGenesis: !this.hasGenesis, before: this.checksum}, calls);
  }
}
