import {closeSync, fstatSync, openSync} from 'node:fs';
import {join} from 'node:path';
import {ByteReader} from './byte-reader.js';
import {ByteWriter} from './byte-writer.js';
import type {CommittedBlock} from './committed-block.js';
import type {CommittedState} from './committed-state.js';
import {readAt, writeAll} from './durable-file.js';
import type {FileCalls} from './durable-file.js';
import {ChainReader, CHECKSUM_BYTES, frameRecord} from './record-chain.js';

const MAGIC = Buffer.from('VVSNAP2\n', 'latin1');
const HASH_BYTES = 32;
const CHUNK_BYTES = 64 << 10;
const NAME = /^snapshot-(\d{16})\.vvs$/;
/** The chain of a snapshot's records begins with nothing before it. */
const BEFORE = new Uint8Array(CHECKSUM_BYTES);
const CHUNK = {values: 1, leaves: 2, end: 3} as const;

/** The last committed block of a snapshot; its changes are the whole state. */
export type SnapshotTip = Omit<CommittedBlock, 'changes'>;

export interface Snapshot {
  readonly tip: SnapshotTip;
  /** Of the changelog's record of that block: what the next changelog goes on from. */
  readonly checksum: Uint8Array;
}

export function snapshotName(height: bigint): string {
  return `snapshot-${String(height).padStart(16, '0')}.vvs`;
}

export function heightOfSnapshot(name: string): number | undefined {
  const [, height] = NAME.exec(name) ?? [];
  return height === undefined ? undefined : Number(height);
}

/** Writes the whole state beside the others: under another name until it is durable. */
export function writeSnapshot(dir: string, snapshot: Snapshot, state: CommittedState, calls: FileCalls): void {
  const path = join(dir, snapshotName(snapshot.tip.height));
  const fd = calls.create(`${path}.tmp`);
  try {
    writeAll(fd, MAGIC, 0, calls);
    let position = MAGIC.length;
    let before: Uint8Array = BEFORE;
    for (const payload of payloadsOf(snapshot, state)) {
      const {bytes, checksum} = frameRecord(before, payload);
      writeAll(fd, bytes, position, calls);
      [position, before] = [position + bytes.length, checksum];
    }
    calls.sync(fd);
  } finally {
    closeSync(fd);
  }
  calls.rename(`${path}.tmp`, path);
  calls.syncDirectory(dir);
}

function* payloadsOf({tip, checksum}: Snapshot, state: CommittedState): Generator<Uint8Array> {
  yield new ByteWriter()
    .u64(tip.height)
    .u64(tip.time)
    .raw(tip.appHash)
    .raw(checksum)
    .bytes(Buffer.from(tip.chainId, 'utf8'))
    .finish();
  let [values, leaves] = [0n, 0n];
  let writer = new ByteWriter().u8(CHUNK.values);
  for (const {key, value} of state.entries()) {
    values++;
    if (writer.bytes(key).bytes(value).length < CHUNK_BYTES) continue;
    yield writer.finish();
    writer = new ByteWriter().u8(CHUNK.values);
  }
  yield writer.finish();
  for (const {kind, patient, tree, places} of state.logs()) {
    writer = new ByteWriter().u8(CHUNK.leaves).u8(kind).bytes(patient);
    for (let index = 0; index < tree.size; index++) {
      const {segment, offset, length} = places.at(index);
      leaves++;
      writer.raw(tree.leafHash(index)).u64(BigInt(segment)).u64(BigInt(offset)).u32(length);
      if (writer.length < CHUNK_BYTES) continue;
      yield writer.finish();
      writer = new ByteWriter().u8(CHUNK.leaves).u8(kind).bytes(patient);
    }
    yield writer.finish();
  }
  yield new ByteWriter().u8(CHUNK.end).u64(values).u64(leaves).finish();
}

/**
 * Fills an empty state from a snapshot, piece by piece: no length in it is believed before its checksum was seen.
 * @throws Error when the file is damaged; the state must then be thrown away.
 */
export function readSnapshot(path: string, state: CommittedState): Snapshot {
  const fd = openSync(path, 'r');
  try {
    const {size} = fstatSync(fd);
    if (size < MAGIC.length || !MAGIC.equals(readAt(fd, 0, MAGIC.length)))
      throw new RangeError('it is damaged at byte 0, or of another version');
    const reader = new ChainReader(fd, size, {at: MAGIC.length, before: BEFORE});
    const next = (): ByteReader => {
      const record = reader.next();
      if (record === undefined) throw new RangeError(`it is damaged at byte ${reader.end}`);
      return new ByteReader(record.payload);
    };
    const snapshot = headOf(next());
    if (!path.endsWith(snapshotName(snapshot.tip.height))) throw new RangeError('its name is not that of its height');
    const filler = new Filler(state);
    while (!filler.take(next()));
    if (reader.end !== size) throw new RangeError(`it goes on behind its end at byte ${reader.end}`);
    return snapshot;
  } finally {
    closeSync(fd);
  }
}

function headOf(head: ByteReader): Snapshot {
  const [height, time, appHash, checksum] = [head.u64(), head.u64(), head.raw(HASH_BYTES), head.raw(CHECKSUM_BYTES)];
  return {tip: {height, time, appHash, chainId: Buffer.from(head.bytes()).toString('utf8')}, checksum};
}

/** Takes a snapshot's pieces into a state. */
class Filler {
  private values = 0n;
  private leaves = 0n;

  constructor(private readonly state: CommittedState) {}

  /** @returns whether it was the last one */
  take(reader: ByteReader): boolean {
    switch (reader.u8()) {
      case CHUNK.values:
        while (!reader.atEnd) this.value(reader);
        return false;
      case CHUNK.leaves:
        this.log(reader);
        return false;
      case CHUNK.end:
        if (reader.u64() !== this.values || reader.u64() !== this.leaves)
          throw new RangeError('it is not as long as it says');
        return true;
      default:
        throw new RangeError('it has a piece of another version');
    }
  }

  private value(reader: ByteReader): void {
    this.values++;
    this.state.setValues([{key: reader.bytes(), value: reader.bytes()}]);
  }

  private log(reader: ByteReader): void {
    const [kind, patient] = [reader.u8(), reader.bytes()];
    while (!reader.atEnd) {
      const hash = reader.raw(HASH_BYTES);
      const place = {segment: Number(reader.u64()), offset: Number(reader.u64()), length: reader.u32()};
      this.leaves++;
      this.state.appendLeaf(kind, patient, hash, place);
    }
  }
}
