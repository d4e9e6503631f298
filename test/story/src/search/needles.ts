/** One byte string to look for, and what it would mean to find it. */
export interface Needle {
  /** What lies there: the sentence itself, a piece of it, or bytes that hold it compressed. */
  of: 'sentence' | 'fragment' | 'deflated';
  /** How it is written. */
  form: 'raw' | 'hex' | 'base64';
  bytes: Buffer;
}

const FRAGMENT_BYTES = 8;
const MIN_SENTENCE_BYTES = 16;
const SAMPLE_BYTES = 32;

/**
 * Every form in which a sentence could lie in a store: as it is, in pieces (PostgreSQL's pglz, lz4 and snappy put a
 * control byte between literals, eight literals at the least stay together), as hexadecimal digits, as base64 in all
 * three alignments.
 * @param sentence at least 16 bytes, with nothing in it that occurs elsewhere
 */
export function needlesOf(sentence: string): Needle[] {
  const raw = Buffer.from(sentence);
  if (raw.length < MIN_SENTENCE_BYTES)
    throw new RangeError(`a planted sentence has at least ${MIN_SENTENCE_BYTES} bytes`);
  return [...written('sentence', raw), ...fragments(raw)];
}

/**
 * Forms of a compressed text that holds the sentence: samples from its beginning, middle and end, each raw, hexadecimal
 * and base64. A raw deflate stream has no mark to know it by, but this one is known.
 */
export function needlesOfDeflated(deflated: Uint8Array): Needle[] {
  const last = Math.max(0, deflated.length - SAMPLE_BYTES);
  return [...new Set([Math.min(SAMPLE_BYTES, last), Math.floor(last / 2), last])].flatMap((at) =>
    written('deflated', Buffer.from(deflated.subarray(at, at + SAMPLE_BYTES))),
  );
}

function written(of: Needle['of'], raw: Buffer): Needle[] {
  const hex = raw.toString('hex');
  return [
    {of, form: 'raw', bytes: raw},
    {of, form: 'hex', bytes: Buffer.from(hex)},
    {of, form: 'hex', bytes: Buffer.from(hex.toUpperCase())},
    ...[0, 1, 2].flatMap((alignment) =>
      base64Texts(raw, alignment).map((text): Needle => ({of, form: 'base64', bytes: Buffer.from(text)})),
    ),
  ];
}

// Windows at every start up to one period: whatever the phase of the control bytes, one window has none inside.
function fragments(raw: Buffer): Needle[] {
  return Array.from({length: FRAGMENT_BYTES + 1}, (_, start) =>
    raw.subarray(raw.length - FRAGMENT_BYTES - start, raw.length - start),
  )
    .filter((window) => window.length === FRAGMENT_BYTES)
    .map((bytes) => ({of: 'fragment', form: 'raw', bytes}));
}

// The digits that depend on the neighbours of the bytes are left out at both ends.
function base64Texts(raw: Buffer, alignment: number): string[] {
  const padded = Buffer.concat([Buffer.alloc(alignment), raw]);
  const whole = padded.subarray(0, padded.length - (padded.length % 3)).toString('base64');
  const digits = whole.slice(alignment === 0 ? 0 : 4);
  return [...new Set([digits, digits.replaceAll('+', '-').replaceAll('/', '_')])];
}
