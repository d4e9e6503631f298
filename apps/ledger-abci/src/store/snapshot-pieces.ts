import {ByteWriter} from './byte-writer.js';
import type {FrozenState} from './frozen-state.js';
import {CHECKSUM_BYTES} from './record-chain.js';
import type {Snapshot} from './snapshot-tip.js';

export const SNAPSHOT_MAGIC = Buffer.from('VVSNAP2\n', 'latin1');
/** The chain of a snapshot's records begins with nothing before it. */
export const BEFORE_SNAPSHOT: Uint8Array = new Uint8Array(CHECKSUM_BYTES);
export const CHUNK = {values: 1, leaves: 2, end: 3} as const;

/** A piece is made in one go, and the process does nothing else meanwhile: about a millisecond. */
const PIECE_BYTES = 16 << 10;

/** The payloads of a snapshot's records, one after the other; each is made when it is asked for. */
export function* snapshotPieces({tip, checksum}: Snapshot, state: FrozenState): Generator<Uint8Array> {
  yield new ByteWriter()
    .u64(tip.height)
    .u64(tip.time)
    .raw(tip.appHash)
    .raw(checksum)
    .bytes(Buffer.from(tip.chainId, 'utf8'))
    .finish();
  const counts = {values: 0n, leaves: 0n};
  yield* pieces(valuesOf(state, counts));
  yield* pieces(leavesOf(state, counts));
  yield new ByteWriter().u8(CHUNK.end).u64(counts.values).u64(counts.leaves).finish();
}

interface Part {
  /** What a piece with this part begins with; another one begins another piece. */
  readonly head: Uint8Array;
  readonly write: (writer: ByteWriter) => void;
}

function* pieces(parts: Iterable<Part>): Generator<Uint8Array> {
  let [writer, head]: [ByteWriter, Uint8Array | undefined] = [new ByteWriter(), undefined];
  for (const part of parts) {
    if (part.head !== head || writer.length >= PIECE_BYTES) {
      if (writer.length > 0) yield writer.finish();
      [writer, head] = [new ByteWriter().raw(part.head), part.head];
    }
    part.write(writer);
  }
  if (writer.length > 0) yield writer.finish();
}

function* valuesOf(state: FrozenState, counts: {values: bigint}): Generator<Part> {
  const head = Uint8Array.of(CHUNK.values);
  for (const {name, value} of state.values()) {
    counts.values++;
    yield {head, write: (writer) => writer.bytes(Buffer.from(name, 'latin1')).bytes(value)};
  }
}

function* leavesOf(state: FrozenState, counts: {leaves: bigint}): Generator<Part> {
  for (const {log, size} of state.logs()) {
    const {kind, patient, tree, places} = log;
    const head = new ByteWriter().u8(CHUNK.leaves).u8(kind).bytes(patient).finish();
    for (let index = 0; index < size; index++) {
      const {segment, offset, length} = places.at(index);
      counts.leaves++;
      yield {
        head,
        write: (writer) => writer.raw(tree.leafHash(index)).u64(BigInt(segment)).u64(BigInt(offset)).u32(length),
      };
    }
  }
}
