import {closeSync, fstatSync, openSync} from 'node:fs';
import {ByteReader} from './byte-reader.js';
import {BEFORE_SNAPSHOT, CHUNK, SNAPSHOT_MAGIC as MAGIC} from './snapshot-pieces.js';
import type {CommittedState} from './committed-state.js';
import {readAt} from './durable-file.js';
import {ChainReader, CHECKSUM_BYTES} from './record-chain.js';
import type {Snapshot} from './snapshot-tip.js';

const HASH_BYTES = 32;
const NAME = /^snapshot-(\d{16})\.vvs$/;

export function snapshotName(height: bigint): string {
  return `snapshot-${String(height).padStart(16, '0')}.vvs`;
}

export function heightOfSnapshot(name: string): number | undefined {
  const [, height] = NAME.exec(name) ?? [];
  return height === undefined ? undefined : Number(height);
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
    const reader = new ChainReader(fd, size, {at: MAGIC.length, before: BEFORE_SNAPSHOT});
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
