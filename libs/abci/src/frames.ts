import type {DescMessage, MessageShape} from '@bufbuild/protobuf';
import {toBinary} from '@bufbuild/protobuf';

/** A length prefix that no CometBFT of ours would send: the connection cannot be understood any further. */
export class FrameError extends Error {
  override readonly name = 'FrameError';
}

// 2^35 - 1 fits in five bytes of varint; every bound of ours is far below.
const MAX_PREFIX_BYTES = 5;

/**
 * Cuts a byte stream into messages with an unsigned varint length before each (ABCI socket protocol, since CometBFT
 * 0.37 without zigzag). Every byte is copied once, however small the chunks.
 */
export class FrameReader {
  private prefix = 0;
  private prefixBytes = 0;
  private body: Uint8Array | undefined;
  private filled = 0;

  constructor(private readonly maxMessageBytes: number) {}

  /**
   * Takes the next chunk and returns the messages that it completes, each in memory of its own.
   * @throws FrameError for a length above the bound or an endless one; the reader is of no use afterwards.
   */
  push(chunk: Uint8Array): Uint8Array[] {
    const messages: Uint8Array[] = [];
    let at = 0;
    while (at < chunk.length) {
      if (this.body === undefined) {
        this.readPrefix(chunk[at++] as number);
      } else {
        const part = chunk.subarray(at, at + this.body.length - this.filled);
        this.body.set(part, this.filled);
        this.filled += part.length;
        at += part.length;
      }
      if (this.body !== undefined && this.filled === this.body.length) {
        messages.push(this.body);
        this.body = undefined;
        this.filled = 0;
      }
    }
    return messages;
  }

  /** Whether a message has begun and is not complete. */
  get partial(): boolean {
    return this.body !== undefined || this.prefixBytes > 0;
  }

  private readPrefix(byte: number): void {
    // Multiplication instead of shifting: the fifth byte reaches beyond 32 bits.
    this.prefix += (byte & 0x7f) * 2 ** (7 * this.prefixBytes++);
    if (this.prefix > this.maxMessageBytes) {
      throw new FrameError(
        `message of at least ${this.prefix} bytes announced, at most ${this.maxMessageBytes} allowed`,
      );
    }
    if (byte < 0x80) {
      this.body = new Uint8Array(this.prefix);
      this.prefix = 0;
      this.prefixBytes = 0;
    } else if (this.prefixBytes === MAX_PREFIX_BYTES) {
      throw new FrameError(`length prefix longer than ${MAX_PREFIX_BYTES} bytes`);
    }
  }
}

/** One message with its length before it, ready for the socket. */
export function frame<D extends DescMessage>(schema: D, message: MessageShape<D>): Uint8Array {
  const body = toBinary(schema, message);
  const prefix: number[] = [];
  let rest = body.length;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) prefix.push((rest % 0x80) | 0x80);
  prefix.push(rest);
  const framed = new Uint8Array(prefix.length + body.length);
  framed.set(prefix);
  framed.set(body, prefix.length);
  return framed;
}
