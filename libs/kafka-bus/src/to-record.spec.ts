import {recordHash} from './record-hash.js';
import {toRecord} from './to-record.js';

const recordOf = (traceparent: Buffer | string | undefined) =>
  toRecord('t', 0, {
    key: null,
    value: null,
    offset: '7',
    timestamp: '5',
    attributes: 0,
    headers: traceparent === undefined ? {} : {traceparent},
  });

describe('toRecord', () => {
  it.each([
    ['bytes', Buffer.from(`00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`)],
    ['text', `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`],
  ])('knows the trace of a sender, from %s', (_what, header) => {
    expect(recordOf(header)).toMatchObject({offset: 7n, timestampMs: 5n, traceparent: header.toString()});
  });

  it.each([
    ['none', undefined],
    ['a zero character, which no database takes', Buffer.from('a\0b')],
    ['a megabyte', 'x'.repeat(1_000_000)],
    ['no trace', `00-${'0'.repeat(32)}-${'2'.repeat(16)}-01`],
  ])('takes %s for no trace', (_what, header) => {
    expect(recordOf(header).traceparent).toBeUndefined();
  });

  it.each(['9223372036854775807', '-9223372036854775808'])('keeps the time %s, and it can be hashed', (timestamp) => {
    const message = {key: null, value: null, offset: '7', timestamp, attributes: 0, headers: {}};
    const record = toRecord('t', 0, message);
    expect(String(record.timestampMs)).toBe(timestamp);
    expect(recordHash(record)).toMatch(/^[0-9a-f]{64}$/);
  });
});
