/** One byte string to look for, and what it would mean to find it. */
export interface Needle {
  /** How the sentence would stand there: `raw`, `fragment`, `hex`, `base64`. */
  form: 'raw' | 'fragment' | 'hex' | 'base64';
  bytes: Buffer;
}

const FRAGMENT_BYTES = 8;
const MIN_SENTENCE_BYTES = 16;

/**
 * Every form in which a sentence could lie in a store: as it is, in pieces (PostgreSQL's pglz, lz4 and snappy put a control
 * byte between literals, eight literals at the least stay together), as hexadecimal digits, as base64 in all three alignments.
 * @param sentence at least 16 bytes, with nothing in it that occurs elsewhere
 */
export function needlesOf(sentence: string): Needle[] {
  const raw = Buffer.from(sentence);
  if (raw.length < MIN_SENTENCE_BYTES) throw new RangeError(`a planted sentence has at least ${MIN_SENTENCE_BYTES} bytes`);
  const hex = raw.toString('hex');
  return [
    {form: 'raw', bytes: raw},
    ...fragments(raw),
    {form: 'hex', bytes: Buffer.from(hex)},
    {form: 'hex', bytes: Buffer.from(hex.toUpperCase())},
    ...[0, 1, 2].flatMap((alignment) => base64Forms(raw, alignment)),
  ];
}

// Windows at every start up to one period: whatever the phase of the control bytes, one window has none inside.
function fragments(raw: Buffer): Needle[] {
  return Array.from({length: FRAGMENT_BYTES + 1}, (_, start) => raw.subarray(start, start + FRAGMENT_BYTES))
    .filter((window) => window.length === FRAGMENT_BYTES)
    .map((bytes) => ({form: 'fragment', bytes}));
}

// The digits that depend on the neighbours of the sentence are left out at both ends.
function base64Forms(raw: Buffer, alignment: number): Needle[] {
  const padded = Buffer.concat([Buffer.alloc(alignment), raw]);
  const whole = padded.subarray(0, padded.length - (padded.length % 3)).toString('base64');
  const digits = whole.slice(alignment === 0 ? 0 : 4);
  const url = digits.replaceAll('+', '-').replaceAll('/', '_');
  return [...new Set([digits, url])].map((text) => ({form: 'base64', bytes: Buffer.from(text)}));
}
