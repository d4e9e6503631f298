/** Reads what ByteWriter wrote. @throws RangeError past the end. */
export class ByteReader {
  private readonly view: DataView;
  /** Place of what comes next. */
  position = 0;

  constructor(private readonly buffer: Uint8Array) {
    this.view = new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  }

  get atEnd(): boolean {
    return this.position === this.buffer.length;
  }

  u8(): number {
    return this.view.getUint8(this.take(1));
  }

  u32(): number {
    return this.view.getUint32(this.take(4), true);
  }

  u64(): bigint {
    return this.view.getBigUint64(this.take(8), true);
  }

  /** A copy: nothing that is read keeps the whole file in memory. */
  raw(length: number): Uint8Array {
    const from = this.take(length);
    return new Uint8Array(this.buffer.subarray(from, from + length));
  }

  bytes(): Uint8Array {
    return this.raw(this.u32());
  }

  /** Passes a byte string over. @returns its length */
  skipBytes(): number {
    const length = this.u32();
    this.take(length);
    return length;
  }

  private take(count: number): number {
    const from = this.position;
    if (from + count > this.buffer.length) throw new RangeError('the record ends too soon');
    this.position = from + count;
    return from;
  }
}
