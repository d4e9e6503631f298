import {BinaryWriter} from '@bufbuild/protobuf/wire';
import type {BlockId, Timestamp} from './light-block.js';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;

/** Protobuf as CometBFT's gogoproto writes it: defaults absent, except messages that it marks as non-nullable. */
export class Wire {
  private readonly writer = new BinaryWriter();

  varint(field: number, value: bigint): this {
    if (value !== 0n) this.writer.tag(field, VARINT).int64(value);
    return this;
  }

  sfixed64(field: number, value: bigint): this {
    if (value !== 0n) this.writer.tag(field, FIXED64).sfixed64(value);
    return this;
  }

  bytes(field: number, value: Uint8Array): this {
    return value.length === 0 ? this : this.message(field, value);
  }

  text(field: number, value: string): this {
    if (value !== '') this.writer.tag(field, LENGTH_DELIMITED).string(value);
    return this;
  }

  /** A nested message, present even when it is empty. */
  message(field: number, encoded: Uint8Array): this {
    this.writer.tag(field, LENGTH_DELIMITED).bytes(encoded);
    return this;
  }

  finish(): Uint8Array {
    return this.writer.finish();
  }

  /** The encoding with its length before it. */
  finishDelimited(): Uint8Array {
    return new BinaryWriter().bytes(this.writer.finish()).finish();
  }
}

/** google.protobuf.Timestamp. */
export function timestampBytes(time: Timestamp): Uint8Array {
  return new Wire().varint(1, time.seconds).varint(2, BigInt(time.nanos)).finish();
}

/** tendermint.types.BlockID and CanonicalBlockID: the same bytes. */
export function blockIdBytes(id: BlockId): Uint8Array {
  const parts = new Wire().varint(1, BigInt(id.partsTotal)).bytes(2, id.partsHash).finish();
  return new Wire().bytes(1, id.hash).message(2, parts).finish();
}
