import {randomBytes} from 'node:crypto';

/** What a frame holds: RFC 6455 §5.2. */
export const OPCODE = {more: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10} as const;

/** Bytes that fit into a frame of a client, as we write them, and into any that asks or ends. */
export const MOST_PAYLOAD = 125;

const [LAST, MASKED, MASK_BYTES] = [0x80, 0x80, 4];
/** A length of 126 says that it stands in two bytes, one of 127 in eight. */
const [TWO_BYTES, EIGHT_BYTES] = [126, 127];

export interface Frame {
  /** One of OPCODE, or a number that nobody has given a meaning. */
  readonly opcode: number;
  readonly payload: Buffer;
}

/** Cuts what a server sends into frames. One of more than `most` bytes breaks it: then nothing more comes out. */
export class ServerFrames {
  /** Whether a frame was too large. */
  broken = false;
  #rest: Buffer = Buffer.alloc(0);

  /** @param most bytes of a frame's payload */
  constructor(private readonly most: number) {}

  /** The frames that are whole now. */
  push(chunk: Buffer): Frame[] {
    const frames: Frame[] = [];
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (!this.broken) {
      const place = placeOf(this.#rest);
      if (place === undefined) break;
      this.broken = place.length > this.most;
      const end = place.begin + place.length;
      if (this.broken || this.#rest.length < end) break;
      frames.push({opcode: (this.#rest[0] as number) & 0x0f, payload: this.#rest.subarray(place.begin, end)});
      this.#rest = this.#rest.subarray(end);
    }
    return frames;
  }
}

/** Where the payload of the first frame stands; undefined: too little of it is here. */
function placeOf(bytes: Buffer): {begin: number; length: number} | undefined {
  const short = bytes[1];
  if (short === undefined) return undefined;
  const begin = short === EIGHT_BYTES ? 10 : short === TWO_BYTES ? 4 : 2;
  if (bytes.length < begin) return undefined;
  // A server masks nothing: who sets that bit has a length above all that is taken.
  const length =
    short === EIGHT_BYTES ? Number(bytes.readBigUInt64BE(2)) : short === TWO_BYTES ? bytes.readUInt16BE(2) : short;
  return {begin, length: short >= MASKED ? Infinity : length};
}

/** A frame of a client, which masks. @param payload of at most MOST_PAYLOAD bytes */
export function clientFrame(opcode: number, payload: Buffer): Buffer {
  const mask = randomBytes(MASK_BYTES);
  const masked = payload.map((byte, i) => byte ^ (mask[i % MASK_BYTES] as number));
  return Buffer.concat([Buffer.from([LAST | opcode, MASKED | payload.length]), mask, masked]);
}
