import {deflateRawSync} from 'node:zlib';
import {toHex} from '@vitalvault/contracts';

/** Bits as a deflate stream has them: a number by its least significant bit first, a code as it is read. */
class Bits {
  private bits = '';

  number(value: number, count: number): this {
    for (let i = 0; i < count; i++) this.bits += String((value >> i) & 1);
    return this;
  }

  code(text: string): this {
    this.bits += text;
    return this;
  }

  /** The rest of the last byte is `filling`. */
  bytes(filling = '0'): Uint8Array {
    const whole = this.bits.padEnd(Math.ceil(this.bits.length / 8) * 8, filling);
    return Uint8Array.from(whole.match(/.{8}/g) ?? [], (byte) => parseInt(Array.from(byte).toReversed().join(''), 2));
  }
}

const [A, END] = ['10010001', '0000000'];
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
const fixed = (): Bits => new Bits().number(1, 1).number(1, 2);
const stored = (bytes: readonly number[], complement = bytes.length ^ 0xffff): Uint8Array =>
  Uint8Array.of(1, bytes.length & 255, bytes.length >> 8, complement & 255, complement >> 8, ...bytes);

/** A last block of type 2, up to the code lengths. `lengths` are those of the code of code lengths, by symbol. */
function dynamic(lengths: Readonly<Record<number, number>>, literals = 257, distances = 1): Bits {
  const bits = new Bits()
    .number(1, 1)
    .number(2, 2)
    .number(literals - 257, 5)
    .number(distances - 1, 5)
    .number(15, 4);
  for (const symbol of ORDER) bits.number(lengths[symbol] ?? 0, 3);
  return bits;
}

const zeros = (bits: Bits, count: number): Bits => bits.code('0').number(count - 11, 7);
/** Long enough, and of letters enough, that zlib makes codes of their own for it. */
const text = Array.from({length: 300}, (_, i) => (i * i * 7) % 61);
const joined = (...parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));
const dynamicText = new Uint8Array(deflateRawSync(Buffer.from(text), {level: 9}));
const longZeros = (bytes: number): Uint8Array => new Uint8Array(deflateRawSync(new Uint8Array(bytes), {level: 9}));

const TAKEN: readonly (readonly [string, Uint8Array])[] = [
  ['nothing, in a block of fixed codes', fixed().code(END).bytes()],
  ['nothing, in a stored block', stored([])],
  ['a stored block', stored([1, 2, 3])],
  ['bits left over in the last byte', fixed().code(A).code(END).bytes('1')],
  ['a repetition of what it writes itself', fixed().code(A).code('0000011').code('00000').code(END).bytes()],
  ['codes of its own', dynamicText],
  [
    'a stored block before one of fixed codes',
    joined(Uint8Array.of(0, 1, 0, 0xfe, 0xff, 7), fixed().code(END).bytes()),
  ],
  [
    'a code of one symbol',
    zeros(zeros(dynamic({18: 1, 0: 2, 1: 2}), 138), 118)
      .code('11')
      .code('10')
      .code('0')
      .bytes(),
  ],
  ['1 MiB', longZeros(1_048_576)],
];

const REFUSED: readonly (readonly [string, Uint8Array])[] = [
  ['no bytes', new Uint8Array(0)],
  ['a byte of zero behind the end', joined(fixed().code(A).code(END).bytes(), Uint8Array.of(0))],
  ['three bytes behind the end', joined(dynamicText, Uint8Array.of(1, 2, 3))],
  ['600 bytes behind the end', joined(dynamicText, new Uint8Array(600))],
  ['a second stream', joined(dynamicText, dynamicText)],
  ['a stream without its last byte', dynamicText.subarray(0, -1)],
  ['a stream whose last block is not marked', Uint8Array.of(0, 1, 0, 0xfe, 0xff, 7)],
  ['a stored block that is cut', stored([1, 2, 3]).subarray(0, -1)],
  ['a stored block with a wrong complement', stored([1, 2, 3], 0xfff0)],
  ['a block of type 3', new Bits().number(1, 1).number(3, 2).bytes()],
  ['a distance before the beginning', fixed().code(A).code('0000001').code('00001').code(END).bytes()],
  ['a length symbol without a meaning', fixed().code('11000110').code(END).bytes()],
  ['a distance symbol without a meaning', fixed().code(A).code('0000001').code('11110').code(END).bytes()],
  ['288 literals', dynamic({18: 1, 0: 2, 1: 2}, 288).bytes()],
  ['a code of code lengths with gaps', zeros(zeros(dynamic({18: 1}), 138), 119).bytes()],
  [
    'a code of literals with gaps',
    zeros(zeros(dynamic({18: 1, 0: 2, 2: 2}), 138), 118)
      .code('11')
      .code('10')
      .code('00')
      .bytes(),
  ],
  [
    'a code of literals with too many symbols',
    zeros(zeros(dynamic({18: 1, 0: 2, 1: 2}).code('11').code('11'), 138), 116)
      .code('11')
      .code('10')
      .bytes(),
  ],
  [
    'no code for the end',
    zeros(zeros(dynamic({18: 1, 0: 2, 1: 2}), 138), 118)
      .code('10')
      .code('11')
      .bytes(),
  ],
  ['a repetition of no length', dynamic({16: 1, 0: 2, 1: 2}).code('0').number(0, 2).bytes()],
  ['1 MiB and one byte', longZeros(1_048_577)],
];

/** Streams that every reader of a payload takes, and streams that every one refuses. */
export function deflateVectors() {
  return {
    taken: TAKEN.map(([what, stream]) => ({what, stream: toHex(stream)})),
    refused: REFUSED.map(([why, stream]) => ({why, stream: toHex(stream)})),
  };
}
