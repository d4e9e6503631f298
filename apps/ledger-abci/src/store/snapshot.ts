import {closeSync, fsyncSync, openSync, readFileSync, renameSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {nativeSha256, streamingSha256} from '../crypto/native-sha256.js';
import {ByteReader} from './byte-reader.js';
import {ByteWriter} from './byte-writer.js';
import type {CommittedBlock} from './committed-block.js';
import type {CommittedState} from './committed-state.js';
import {syncDirectory, writeAll} from './durable-file.js';

const MAGIC = Buffer.from('VVSNAP1\n', 'latin1');
const HASH_BYTES = 32;
const CHUNK_BYTES = 1 << 20;
const NAME = /^snapshot-(\d{16})\.vvs$/;

/** The last committed block of a snapshot; its changes are the whole state. */
export type SnapshotTip = Omit<CommittedBlock, 'changes'>;

export function snapshotName(height: bigint): string {
  return `snapshot-${String(height).padStart(16, '0')}.vvs`;
}

export function heightOfSnapshot(name: string): number | undefined {
  const [, height] = NAME.exec(name) ?? [];
  return height === undefined ? undefined : Number(height);
}

/** Writes the whole state beside the others: under another name until it is durable. */
export function writeSnapshot(dir: string, tip: SnapshotTip, state: CommittedState): void {
  const path = join(dir, snapshotName(tip.height));
  const fd = openSync(`${path}.tmp`, 'w', 0o600);
  try {
    const hash = streamingSha256();
    let position = 0;
    for (const chunk of chunksOf(tip, state)) {
      hash.update(chunk);
      writeAll(fd, chunk, position);
      position += chunk.length;
    }
    writeAll(fd, hash.digest(), position);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
  renameSync(`${path}.tmp`, path);
  syncDirectory(dirname(path));
}

function* chunksOf(tip: SnapshotTip, state: CommittedState): Generator<Uint8Array> {
  let writer = new ByteWriter();
  function* flush(least: number): Generator<Uint8Array> {
    if (writer.length < least) return;
    yield writer.finish();
    writer = new ByteWriter();
  }
  writer
    .raw(MAGIC)
    .u64(tip.height)
    .u64(tip.time)
    .raw(tip.appHash)
    .bytes(Buffer.from(tip.chainId, 'utf8'))
    .u64(BigInt(state.size));
  for (const {key, value} of state.entries()) {
    writer.bytes(key).bytes(value);
    yield* flush(CHUNK_BYTES);
  }
  const logs = state.logs();
  writer.u32(logs.length);
  for (const {kind, patient, tree, places} of logs) {
    writer.u8(kind).bytes(patient).u64(BigInt(tree.size));
    for (let index = 0; index < tree.size; index++) {
      const {segment, offset, length} = places.at(index);
      writer.raw(tree.leafHash(index)).u64(BigInt(segment)).u64(BigInt(offset)).u32(length);
      yield* flush(CHUNK_BYTES);
    }
  }
  yield* flush(0);
}

/**
 * Fills an empty state from a snapshot. @returns undefined when the file is damaged; the state must then be thrown
 * away.
 */
export function readSnapshot(path: string, state: CommittedState): SnapshotTip | undefined {
  const file = readFileSync(path);
  const content = file.subarray(0, Math.max(0, file.length - HASH_BYTES));
  if (!file.subarray(content.length).equals(nativeSha256(content)) || !content.subarray(0, MAGIC.length).equals(MAGIC))
    return undefined;
  const reader = new ByteReader(content);
  reader.raw(MAGIC.length);
  const [height, time, appHash] = [reader.u64(), reader.u64(), reader.raw(HASH_BYTES)];
  const chainId = Buffer.from(reader.bytes()).toString('utf8');
  for (let rest = reader.u64(); rest > 0n; rest--) state.setValues([{key: reader.bytes(), value: reader.bytes()}]);
  for (let logs = reader.u32(); logs > 0; logs--) {
    const [kind, patient] = [reader.u8(), reader.bytes()];
    for (let rest = reader.u64(); rest > 0n; rest--) {
      const hash = reader.raw(HASH_BYTES);
      state.appendLeaf(kind, patient, hash, {
        segment: Number(reader.u64()),
        offset: Number(reader.u64()),
        length: reader.u32(),
      });
    }
  }
  return {height, time, appHash, chainId};
}
