import {join} from 'node:path';
import {equalBytes} from '@vitalvault/contracts';
import {decodeBlock} from './committed-block.js';
import type {CommittedState} from './committed-state.js';
import type {FileCalls} from './durable-file.js';
import type {ChainedRecord} from './record-chain.js';
import {Segment} from './segment.js';
import type {Snapshot, SnapshotTip} from './snapshot-tip.js';
import {StoreError} from './store-error.js';

/** Where the changelogs end. */
export interface Tail {
  /** The last block; undefined: nothing was ever committed. */
  readonly tip: SnapshotTip | undefined;
  /** Checksum of the last block's record; undefined when there is none. */
  readonly checksum: Uint8Array | undefined;
  /** The changelog to go on with, when there is one. */
  readonly newest: Segment | undefined;
  readonly blocksInTail: number;
  /** Cut off: a torn last write, or more where the newest changelog was damaged. CometBFT replays these blocks. */
  readonly cutBytes: number;
}

interface Changelogs {
  readonly dir: string;
  /** First heights, ascending. */
  readonly firsts: readonly number[];
  readonly calls: FileCalls;
}

/**
 * Replays the blocks behind a snapshot, or all of them, into `state`, and makes durable what it read. The newest
 * changelog ends where its chain of records does; what stands behind is cut off. Whether that was a torn write or a bit
 * that turned makes no difference: CometBFT has the blocks.
 * @throws StoreError when a changelog before the newest is damaged or missing.
 */
export function replayTail({dir, firsts, calls}: Changelogs, state: CommittedState, from: Snapshot | undefined): Tail {
  const behind = firsts.filter((first) => from === undefined || BigInt(first) > from.tip.height);
  const found: Found = {state, last: from, blocks: 0};
  for (const first of behind.slice(0, -1)) {
    const {segment, path, rest} = readOne({dir, first, calls}, found);
    if (segment === undefined || rest > 0)
      throw StoreError.damaged(`${path} is damaged at byte ${segment?.bytes ?? 0} and a changelog lies behind it`);
    segment.settle();
    segment.close();
  }
  const first = behind.at(-1);
  const {newest, cutBytes} = first === undefined ? NO_CHANGELOG : readNewest({dir, first, calls}, found);
  return {tip: found.last?.tip, checksum: found.last?.checksum, newest, blocksInTail: found.blocks, cutBytes};
}

const NO_CHANGELOG = {newest: undefined, cutBytes: 0};

interface Found {
  readonly state: CommittedState;
  /** The last block that was read, and the checksum of its record. */
  last: Snapshot | undefined;
  blocks: number;
}

interface OneChangelog {
  readonly dir: string;
  readonly first: number;
  readonly calls: FileCalls;
}

function readNewest(one: OneChangelog, found: Found): Pick<Tail, 'newest' | 'cutBytes'> {
  const before = found.last;
  const {segment, path, rest} = readOne(one, found);
  // Created, but killed before a block was durable in it, or before its header was: it is begun anew.
  if (segment === undefined || found.last === before) {
    segment?.close();
    one.calls.remove(path);
    return {newest: undefined, cutBytes: rest};
  }
  if (rest > 0) segment.cut();
  segment.settle();
  return {newest: segment, cutBytes: rest};
}

/** Replays one changelog. @returns no segment when it has no header; `rest` bytes stand behind what was good */
function readOne({dir, first, calls}: OneChangelog, found: Found): {segment?: Segment; path: string; rest: number} {
  const path = join(dir, Segment.nameOf(first));
  const {segment, bytes} = Segment.open(path, calls);
  if (segment === undefined) return {path, rest: bytes};
  checkPlace(path, segment, found.last);
  const rest = segment.readAll((record) => {
    found.last = {tip: replay(record, found.last?.tip, {state: found.state, segment, path}), checksum: record.checksum};
    found.blocks++;
  });
  return {segment, path, rest};
}

/** @throws StoreError when a changelog is not the one that comes next */
function checkPlace(path: string, {header}: Segment, last: Snapshot | undefined): void {
  if (!path.endsWith(Segment.nameOf(header.first)))
    throw StoreError.damaged(`${path} is the changelog from height ${header.first} on`);
  if (last === undefined && !header.hasGenesis)
    throw StoreError.damaged(`${path} is not the first changelog, and none lies before it`);
  if (
    last !== undefined &&
    (BigInt(header.first) !== last.tip.height + 1n || !equalBytes(header.before, last.checksum))
  )
    throw StoreError.damaged(
      `${path} does not follow block ${last.tip.height}: a changelog is missing, or is another directory's`,
    );
}

function replay(
  {payload, offset}: ChainedRecord,
  before: SnapshotTip | undefined,
  {state, segment, path}: {state: CommittedState; segment: Segment; path: string},
): SnapshotTip {
  const {block, leaves} = decoded(payload, `${path}, the record at byte ${offset}`);
  const {height, time, appHash, chainId} = block;
  const expected = before === undefined ? BigInt(segment.first) : before.height + 1n;
  if (height !== expected || (before !== undefined && chainId !== before.chainId))
    throw StoreError.damaged(
      `${path} has block ${height} of chain ${chainId} where block ${expected} of ${before?.chainId ?? 'any'} belongs`,
    );
  state.setValues(block.changes);
  for (const leaf of leaves) {
    const bytes = payload.subarray(leaf.offset, leaf.offset + leaf.length);
    state.appendLeaf(leaf.kind, leaf.patient, state.hashOfLeaf(bytes), {
      segment: segment.first,
      offset: offset + leaf.offset,
      length: leaf.length,
    });
  }
  return {height, time, appHash, chainId};
}

function decoded(payload: Uint8Array, where: string): ReturnType<typeof decodeBlock> {
  try {
    return decodeBlock(payload);
  } catch (cause) {
    throw StoreError.damaged(`${where} is no block that this version can read`, {cause});
  }
}
