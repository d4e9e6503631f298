import {EnvelopeError} from './envelope-error.js';

/** Reads a deflate stream bit by bit, from the least significant bit of each byte. */
export class InflateInput {
  private at = 0;
  private held = 0;
  private heldBits = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** @param count 0 to 13 @throws EnvelopeError `inflate` past the end */
  bits(count: number): number {
    while (this.heldBits < count) {
      this.held |= this.byte() << this.heldBits;
      this.heldBits += 8;
    }
    const value = this.held & ((1 << count) - 1);
    this.held >>>= count;
    this.heldBits -= count;
    return value;
  }

  /** The bytes of a stored block: they begin with the next whole byte, behind their length and its complement. */
  stored(): Uint8Array {
    this.held = this.heldBits = 0;
    const length = this.byte() | (this.byte() << 8);
    const complement = this.byte() | (this.byte() << 8);
    if (length !== (complement ^ 0xffff)) throw new EnvelopeError('inflate', 'stored block with two lengths');
    if (this.at + length > this.bytes.length) throw new EnvelopeError('inflate', 'deflate stream without an end');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Whether no whole byte is left. */
  atEnd(): boolean {
    return this.at === this.bytes.length;
  }

  private byte(): number {
    const byte = this.bytes[this.at];
    if (byte === undefined) throw new EnvelopeError('inflate', 'deflate stream without an end');
    this.at += 1;
    return byte;
  }
}
