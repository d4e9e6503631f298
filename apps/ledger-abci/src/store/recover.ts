import {readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {fromBinary} from '@bufbuild/protobuf';
import {equalBytes} from '@vitalvault/contracts';
import {LogHeadSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {nativeSha256} from '../crypto/native-sha256.js';
import {decodeBlock} from './committed-block.js';
import {CommittedState} from './committed-state.js';
import type {FileCalls} from './durable-file.js';
import type {FramedRecord} from './record-frames.js';
import {Segment} from './segment.js';
import {heightOfSnapshot, readSnapshot, snapshotName} from './snapshot.js';
import type {SnapshotTip} from './snapshot.js';
import {StoreError} from './store-error.js';

/** What a start found on disk, checked. */
export interface Recovered {
  /** Undefined: nothing was ever committed. */
  readonly tip: SnapshotTip | undefined;
  readonly state: CommittedState;
  readonly segments: Map<number, Segment>;
  readonly newest: Segment | undefined;
  readonly blocksInTail: number;
  /** Bytes of a torn last write that were cut off. */
  readonly cutBytes: number;
  readonly damagedSnapshots: readonly string[];
}

/**
 * Reads the newest good snapshot and the changelogs behind it. The app hash is recomputed from all values and must be
 * the one that the last block recorded, and every log must give the root in the state.
 * @throws StoreError when it does not fit together.
 */
export function recover(dir: string, calls: FileCalls): Recovered {
  const names = readdirSync(dir);
  for (const name of names.filter((one) => one.endsWith('.vvs.tmp'))) rmSync(join(dir, name));
  const {state, tip: snapshot, damagedSnapshots} = newestSnapshot(dir, names);
  const firsts = names
    .map((name) => Segment.firstOf(name))
    .filter((first) => first !== undefined)
    .sort((a, b) => a - b);
  const segments = new Map<number, Segment>();
  let tip = snapshot;
  let [blocksInTail, cutBytes] = [0, 0];
  for (const first of firsts) {
    const {segment, records, cut} = openSegment({dir, first, newest: firsts.at(-1), snapshot}, calls);
    segments.set(first, segment);
    cutBytes += cut;
    blocksInTail += records.length;
    for (const record of records) tip = replay(record, tip, {state, segment: first});
  }
  if (damagedSnapshots.length > 0 && snapshot === undefined && firsts.length === 0)
    throw new StoreError(
      `every snapshot in ${dir} is damaged and there is no changelog; delete the directory and let CometBFT replay every block`,
    );
  if (tip !== undefined) check(tip, state, dir);
  checkNoneMissing(state, segments, dir);
  // A snapshot without its changelog: killed between the two. The next block begins it.
  const newest = firsts.at(-1);
  const isOpen = newest !== undefined && (snapshot === undefined || newest > Number(snapshot.height));
  return {
    tip,
    state,
    segments,
    newest: isOpen ? segments.get(newest) : undefined,
    blocksInTail,
    cutBytes,
    damagedSnapshots,
  };
}

function newestSnapshot(dir: string, names: readonly string[]): Pick<Recovered, 'state' | 'tip' | 'damagedSnapshots'> {
  const heights = names
    .map(heightOfSnapshot)
    .filter((height) => height !== undefined)
    .sort((a, b) => b - a);
  const damagedSnapshots: string[] = [];
  for (const height of heights) {
    const name = snapshotName(BigInt(height));
    const state = new CommittedState(nativeSha256);
    const tip = readSnapshot(join(dir, name), state);
    if (tip !== undefined) return {state, tip, damagedSnapshots};
    damagedSnapshots.push(name);
  }
  return {state: new CommittedState(nativeSha256), tip: undefined, damagedSnapshots};
}

interface SegmentToOpen {
  readonly dir: string;
  readonly first: number;
  readonly newest: number | undefined;
  readonly snapshot: SnapshotTip | undefined;
}

function openSegment(
  {dir, first, newest, snapshot}: SegmentToOpen,
  calls: FileCalls,
): {segment: Segment; records: readonly FramedRecord[]; cut: number} {
  const path = join(dir, Segment.nameOf(first));
  if (snapshot !== undefined && first <= Number(snapshot.height))
    return {segment: Segment.openArchived(path, calls), records: [], cut: 0};
  const {segment, scanned, cut} = Segment.open(path, first === newest, calls);
  return {segment, records: scanned.records, cut};
}

// Leaves are read from the changelogs for as long as there are logs.
function checkNoneMissing(state: CommittedState, segments: ReadonlyMap<number, Segment>, dir: string): void {
  const missing = state
    .logs()
    .flatMap(({places}) => [...places.segments()])
    .find((first) => !segments.has(first));
  if (missing !== undefined)
    throw new StoreError(
      `the changelog ${Segment.nameOf(missing)} is missing in ${dir}; restore it, or delete the directory and let CometBFT replay every block`,
    );
}

function replay(
  {payload, offset}: FramedRecord,
  before: SnapshotTip | undefined,
  {state, segment}: {state: CommittedState; segment: number},
): SnapshotTip {
  const {block, leaves} = decodeBlock(payload);
  if (before !== undefined && block.height !== before.height + 1n) {
    throw new StoreError(
      `block ${block.height} follows block ${before.height} in the changelog; a changelog is missing or comes twice`,
    );
  }
  state.setValues(block.changes);
  for (const leaf of leaves) {
    const bytes = payload.subarray(leaf.offset, leaf.offset + leaf.length);
    state.appendLeaf(leaf.kind, leaf.patient, state.hashOfLeaf(bytes), {
      segment,
      offset: offset + leaf.offset,
      length: leaf.length,
    });
  }
  const {height, time, appHash, chainId} = block;
  return {height, time, appHash, chainId};
}

function check(tip: SnapshotTip, state: CommittedState, dir: string): void {
  if (!equalBytes(state.rebuildTree(), tip.appHash)) {
    throw new StoreError(
      `the state in ${dir} does not give the app hash that block ${tip.height} recorded; delete the directory and let CometBFT replay every block`,
    );
  }
  for (const {kind, patient, tree} of state.logs()) {
    const bytes = state.get(kind, [patient]);
    const head = bytes && fromBinary(LogHeadSchema, bytes);
    if (head?.size !== BigInt(tree.size) || !equalBytes(head.root, tree.root())) {
      throw new StoreError(
        `a log of kind ${kind} in ${dir} does not give the root in the state; delete the directory and let CometBFT replay every block`,
      );
    }
  }
}
