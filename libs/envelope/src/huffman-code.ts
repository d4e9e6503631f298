import {EnvelopeError} from './envelope-error.js';
import type {InflateInput} from './inflate-input.js';

const LONGEST = 15;

/** A canonical Huffman code of deflate. @spec RFC 1951 §3.2.2 */
export class HuffmanCode {
  /** How many symbols have a code of each length. */
  private readonly counts = new Array<number>(LONGEST + 1).fill(0);
  /** Symbols with a code, by length, then by number. */
  private readonly symbols: number[];
  /** Codes that no symbol has. */
  private readonly unused: number;

  /**
   * @param lengths of each symbol's code; 0: it has none
   * @throws EnvelopeError `inflate` when more symbols have codes than there are, or codes are left over; one symbol
   *   alone may have a code of one bit, and none at all is a code that gives nothing
   */
  constructor(lengths: readonly number[]) {
    for (const length of lengths) this.counts[length] = this.countOf(length) + 1;
    this.symbols = lengths
      .map((length, symbol) => ({length, symbol}))
      .filter(({length}) => length > 0)
      .sort((a, b) => a.length - b.length || a.symbol - b.symbol)
      .map(({symbol}) => symbol);
    let left = 1;
    for (let length = 1; length <= LONGEST; length++) {
      left = left * 2 - this.countOf(length);
      if (left < 0) throw new EnvelopeError('inflate', 'deflate code with too many symbols');
    }
    this.unused = left;
    const one = this.symbols.length === 1 && this.countOf(1) === 1;
    if (left > 0 && this.symbols.length > 0 && !one) throw new EnvelopeError('inflate', 'deflate code with gaps');
  }

  /** @throws EnvelopeError `inflate` when a code is left over */
  static complete(lengths: readonly number[]): HuffmanCode {
    const code = new HuffmanCode(lengths);
    if (code.unused > 0) throw new EnvelopeError('inflate', 'deflate code with gaps');
    return code;
  }

  /** The next symbol. @throws EnvelopeError `inflate` */
  read(input: InflateInput): number {
    let [code, first, index] = [0, 0, 0];
    for (let length = 1; length <= LONGEST; length++) {
      code |= input.bits(1);
      const count = this.countOf(length);
      if (code - count < first) return this.symbols[index + code - first] as number;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw new EnvelopeError('inflate', 'deflate code of no symbol');
  }

  private countOf(length: number): number {
    return this.counts[length] as number;
  }
}
