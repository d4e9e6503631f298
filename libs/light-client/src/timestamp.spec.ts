import fc from 'fast-check';
import {parseTimestamp} from './timestamp.js';

describe('parseTimestamp', () => {
  it("agrees with the platform's own calendar from year 1 to 9999", () => {
    fc.assert(
      fc.property(
        fc.date({
          min: new Date('0001-01-01T00:00:00Z'),
          max: new Date('9999-12-31T23:59:59.999Z'),
          noInvalidDate: true,
        }),
        (date) => {
          const parsed = parseTimestamp(date.toISOString());
          expect(parsed).toBeDefined();
          const {seconds = 0n, nanos = 0} = parsed ?? {};
          expect(seconds * 1000n + BigInt(nanos / 1_000_000)).toBe(BigInt(date.getTime()));
        },
      ),
    );
  });

  it.each([
    ['2026-11-20T19:45:34Z', 0],
    ['2026-11-20T19:45:34.5Z', 500_000_000],
    ['2026-11-20T19:45:34.000000001Z', 1],
    ['2026-11-20T19:45:34.419182736Z', 419_182_736],
  ])('reads the decimals of %s as nanoseconds', (text, nanos) => {
    expect(parseTimestamp(text)?.nanos).toBe(nanos);
  });

  it.each([
    '2026-02-29T00:00:00Z',
    '2026-13-01T00:00:00Z',
    '2026-01-00T00:00:00Z',
    '2026-01-01T24:00:00Z',
    '2026-01-01T00:60:00Z',
    '2026-01-01T00:00:60Z',
    '2026-01-01T00:00:00',
    '2026-01-01T00:00:00.Z',
    '2026-01-01T00:00:00.1234567890Z',
    '2026-01-01 00:00:00Z',
    '',
    '2026-01-01T00:00:00Z\n',
  ])('refuses %j', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });
});
