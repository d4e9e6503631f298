import {EnvelopeError} from './envelope-error.js';
import {HuffmanCode} from './huffman-code.js';
import {InflateInput} from './inflate-input.js';

const END_OF_BLOCK = 256;
const MOST_LITERALS = 286;
const MOST_DISTANCES = 30;
const LENGTHS = steps(3, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5]);
/** The last length is no sum of the ones before: 258, without further bits. */
LENGTHS.push({base: 258, bits: 0});
const DISTANCES = steps(
  1,
  Array.from({length: MOST_DISTANCES}, (_, i) => Math.max(0, (i >> 1) - 1)),
);
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/** Lengths of the fixed codes: symbols up to each bound. */
const FIXED_LITERALS = new HuffmanCode(
  Array.from({length: 288}, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
);
const FIXED_DISTANCES = new HuffmanCode(new Array<number>(32).fill(5));

/**
 * What a raw deflate stream holds, when the input is that one stream and nothing more, and gives at most `maxBytes`:
 * it stops as soon as it would give more. It refuses what zlib refuses (a stored block whose length and complement
 * differ, codes that are incomplete or too many, a distance before the beginning), and bytes behind the stream's end.
 * The bits that are left over in the last byte mean nothing.
 * @throws EnvelopeError `inflate`
 * @spec RFC 1951; docs/protocol.md §3.2
 */
export function inflateBounded(deflated: Uint8Array, maxBytes: number): Uint8Array {
  const input = new InflateInput(deflated);
  const output = new Output(maxBytes);
  for (let last = false; !last;) {
    last = input.bits(1) === 1;
    const type = input.bits(2);
    if (type === 0) output.append(input.stored());
    else if (type === 1) inflateBlock(input, output, FIXED_LITERALS, FIXED_DISTANCES);
    else if (type === 2) inflateBlock(input, output, ...readCodes(input));
    else throw new EnvelopeError('inflate', 'deflate block of an unknown type');
  }
  if (!input.atEnd()) throw new EnvelopeError('inflate', 'bytes behind the end of the deflate stream');
  return output.bytes();
}

function inflateBlock(input: InflateInput, output: Output, literals: HuffmanCode, distances: HuffmanCode): void {
  for (;;) {
    const symbol = literals.read(input);
    if (symbol === END_OF_BLOCK) return;
    if (symbol < END_OF_BLOCK) output.push(symbol);
    else {
      const length = stepOf(LENGTHS, symbol - END_OF_BLOCK - 1, input);
      output.repeat(length, stepOf(DISTANCES, distances.read(input), input));
    }
  }
}

/** The two codes before a block of type 2. */
function readCodes(input: InflateInput): [HuffmanCode, HuffmanCode] {
  const literals = input.bits(5) + 257;
  const distances = input.bits(5) + 1;
  const codeLengths = input.bits(4) + 4;
  if (literals > MOST_LITERALS || distances > MOST_DISTANCES)
    throw new EnvelopeError('inflate', 'deflate block with too many symbols');
  const first = new Array<number>(CODE_LENGTH_ORDER.length).fill(0);
  for (const symbol of CODE_LENGTH_ORDER.slice(0, codeLengths)) first[symbol] = input.bits(3);
  const lengths = readLengths(input, HuffmanCode.complete(first), literals + distances);
  if (lengths[END_OF_BLOCK] === 0) throw new EnvelopeError('inflate', 'deflate block that cannot end');
  return [new HuffmanCode(lengths.slice(0, literals)), new HuffmanCode(lengths.slice(literals))];
}

function readLengths(input: InflateInput, code: HuffmanCode, count: number): number[] {
  const lengths: number[] = [];
  while (lengths.length < count) {
    const symbol = code.read(input);
    if (symbol < 16) lengths.push(symbol);
    else {
      const repeated = symbol === 16 ? lengths.at(-1) : 0;
      if (repeated === undefined) throw new EnvelopeError('inflate', 'deflate block repeats a length before the first');
      const times = symbol === 16 ? 3 + input.bits(2) : symbol === 17 ? 3 + input.bits(3) : 11 + input.bits(7);
      for (let i = 0; i < times; i++) lengths.push(repeated);
    }
  }
  if (lengths.length > count) throw new EnvelopeError('inflate', 'deflate block with too many code lengths');
  return lengths;
}

interface Step {
  readonly base: number;
  readonly bits: number;
}

/** Lengths or distances by their symbol: each step begins where the one before ends. */
function steps(first: number, bits: readonly number[]): Step[] {
  let base = first;
  return bits.map((more) => {
    const step = {base, bits: more};
    base += 2 ** more;
    return step;
  });
}

function stepOf(table: readonly Step[], symbol: number, input: InflateInput): number {
  const step = table[symbol];
  if (step === undefined) throw new EnvelopeError('inflate', 'deflate symbol without a meaning');
  return step.base + input.bits(step.bits);
}

/** Grows with what comes, up to a bound. */
class Output {
  private buffer = new Uint8Array(1_024);
  private length = 0;

  constructor(private readonly maxBytes: number) {}

  push(byte: number): void {
    this.reserve(1);
    this.buffer[this.length++] = byte;
  }

  append(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  repeat(length: number, distance: number): void {
    if (distance > this.length) throw new EnvelopeError('inflate', 'deflate distance before the beginning');
    this.reserve(length);
    // One by one: what is repeated may be what this repetition has just written.
    for (let i = 0; i < length; i++) this.push(this.buffer[this.length - distance] as number);
  }

  bytes(): Uint8Array {
    return this.buffer.slice(0, this.length);
  }

  private reserve(more: number): void {
    const needed = this.length + more;
    if (needed > this.maxBytes) throw new EnvelopeError('inflate', `inflates to more than ${this.maxBytes} bytes`);
    if (needed <= this.buffer.length) return;
    const grown = new Uint8Array(Math.min(this.maxBytes, Math.max(needed, this.buffer.length * 2)));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }
}
