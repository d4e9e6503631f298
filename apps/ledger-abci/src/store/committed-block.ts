import type {NewLeaf} from '@vitalvault/ledger-state';
import {ByteReader} from './byte-reader.js';
import {ByteWriter} from './byte-writer.js';

const VERSION = 1;
const HASH_BYTES = 32;

/** What stands under a key after a block; `key` is `encodeStateKey(kind, parts)`, which needs no decoding here. */
export interface StoredChange {
  readonly key: Uint8Array;
  readonly value: Uint8Array | undefined;
}

/** Where a leaf's bytes lie inside the encoded block. */
export interface StoredLeaf {
  readonly kind: number;
  readonly patient: Uint8Array;
  readonly offset: number;
  readonly length: number;
}

/** What one Commit makes durable: all of it or nothing. */
export interface CommittedBlock {
  readonly height: bigint;
  /** Unix seconds. */
  readonly time: bigint;
  readonly appHash: Uint8Array;
  readonly chainId: string;
  readonly changes: readonly StoredChange[];
}

export interface EncodedBlock {
  readonly bytes: Uint8Array;
  readonly leaves: readonly StoredLeaf[];
}

/** Format in apps/ledger-abci/README.md. */
export function encodeBlock(block: CommittedBlock, leaves: readonly NewLeaf[]): EncodedBlock {
  const writer = new ByteWriter();
  writer.u8(VERSION).u64(block.height).u64(block.time).raw(block.appHash).bytes(Buffer.from(block.chainId, 'utf8'));
  writer.u32(block.changes.length);
  for (const {key, value} of block.changes) {
    writer.bytes(key).u8(value === undefined ? 0 : 1);
    if (value !== undefined) writer.bytes(value);
  }
  writer.u32(leaves.length);
  const stored = leaves.map(({kind, patient, leaf}) => {
    writer.u8(kind).bytes(patient).bytes(leaf);
    return {kind, patient, offset: writer.length - leaf.length, length: leaf.length};
  });
  return {bytes: writer.finish(), leaves: stored};
}

/** @throws RangeError when the bytes are not an encoded block of this version. */
export function decodeBlock(bytes: Uint8Array): {block: CommittedBlock; leaves: StoredLeaf[]} {
  const reader = new ByteReader(bytes);
  if (reader.u8() !== VERSION) throw new RangeError('the record is of another version');
  const [height, time, appHash] = [reader.u64(), reader.u64(), reader.raw(HASH_BYTES)];
  const chainId = Buffer.from(reader.bytes()).toString('utf8');
  const changes: StoredChange[] = [];
  for (let rest = reader.u32(); rest > 0; rest--) {
    const key = reader.bytes();
    changes.push({key, value: reader.u8() === 0 ? undefined : reader.bytes()});
  }
  const leaves: StoredLeaf[] = [];
  for (let rest = reader.u32(); rest > 0; rest--) {
    const [kind, patient, length] = [reader.u8(), reader.bytes(), reader.skipBytes()];
    leaves.push({kind, patient, offset: reader.position - length, length});
  }
  if (!reader.atEnd) throw new RangeError('the record has trailing bytes');
  return {block: {height, time, appHash, chainId, changes}, leaves};
}
