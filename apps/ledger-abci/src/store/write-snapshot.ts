import {closeSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import type {FileCalls} from './durable-file.js';
import type {FrozenState} from './frozen-state.js';
import {frameRecord} from './record-chain.js';
import {BEFORE_SNAPSHOT, SNAPSHOT_MAGIC, snapshotPieces} from './snapshot-pieces.js';
import {snapshotName} from './snapshot.js';
import type {Snapshot} from './snapshot-tip.js';

/** Written but not yet synced: more would hold up the next block's sync, which may have to wait for it. */
const UNSYNCED_BYTES = 8 << 20;

export interface SnapshotTarget {
  readonly dir: string;
  readonly calls: FileCalls;
  /** True: the process ends; what was written so far is of no use. */
  readonly isStopped: () => boolean;
}

/** What writing a snapshot took. */
export interface WrittenSnapshot {
  readonly bytes: number;
  readonly milliseconds: number;
  /** The longest that it kept the process from anything else. */
  readonly longestMilliseconds: number;
}

/**
 * Writes a state beside the other snapshots, piece by piece between the blocks, under another name until it is durable.
 * @returns undefined when it was stopped
 */
export async function writeSnapshot(
  {dir, calls, isStopped}: SnapshotTarget,
  snapshot: Snapshot,
  state: FrozenState,
): Promise<WrittenSnapshot | undefined> {
  const path = join(dir, snapshotName(snapshot.tip.height));
  const begin = performance.now();
  const fd = calls.create(`${path}.tmp`);
  let longest = 0;
  let written = 0;
  let whole = false;
  try {
    let unsynced = 0;
    let since = performance.now();
    const write = async (bytes: Uint8Array): Promise<void> => {
      longest = Math.max(longest, performance.now() - since);
      for (let done = 0; done < bytes.length;) done += await calls.writeLater(fd, bytes, done, written + done);
      [written, unsynced] = [written + bytes.length, unsynced + bytes.length];
      if (unsynced >= UNSYNCED_BYTES) {
        await calls.syncLater(fd);
        unsynced = 0;
      }
      since = performance.now();
    };
    await write(SNAPSHOT_MAGIC);
    let before = BEFORE_SNAPSHOT;
    for (const payload of snapshotPieces(snapshot, state)) {
      const {bytes, checksum} = frameRecord(before, payload);
      before = checksum;
      await write(bytes);
      if (isStopped()) return undefined;
    }
    await calls.syncLater(fd);
    whole = true;
  } finally {
    closeSync(fd);
    // A disk that is full must not be kept full by what could not be written.
    if (!whole) rmSync(`${path}.tmp`, {force: true});
  }
  calls.rename(`${path}.tmp`, path);
  calls.syncDirectory(dir);
  return {bytes: written, milliseconds: performance.now() - begin, longestMilliseconds: longest};
}
