import {seededRandom} from '@vitalvault/envelope/testing';
import {heartRateReading} from './heart-rate.js';
import {readingIdentity} from './reading-identity.js';

const timeMs = Date.parse('2020-03-05T11:00:00Z');
const random = seededRandom('identity');
const textOf = (change: object = {}, createdMs = 0): string =>
  heartRateReading({timeMs, beatsPerMinute: 61, source: 'watch', ...change}, createdMs, random).text;

describe('the identity of a reading', () => {
  const same = readingIdentity(textOf());

  it('is that of the measurement: not of its encoding, nor of what the wearer said of it', () => {
    expect(readingIdentity(textOf({}, 86_400_000))).toBe(same);
    expect(readingIdentity(textOf({note: 'after the stairs'}))).toBe(same);
    const {header, body} = JSON.parse(textOf()) as {header: object; body: object};
    expect(readingIdentity(JSON.stringify({body, header: Object.fromEntries(Object.entries(header).reverse())}))).toBe(
      same,
    );
  });

  it.each([
    ['another time', {timeMs: timeMs + 250}],
    ['another value', {beatsPerMinute: 61.5}],
    ['another source', {source: 'phone'}],
  ])('is another with %s', (_what, change) => {
    expect(readingIdentity(textOf(change))).not.toBe(same);
  });

  const withId = (id: string, change: object = {}): string => {
    const point = JSON.parse(textOf(change)) as {header: {acquisition_provenance: object}};
    Object.assign(point.header.acquisition_provenance, {source_data_point_id: id});
    return JSON.stringify(point);
  };

  it("takes the source's own id before the time, and never loses a value that was corrected", () => {
    expect(readingIdentity(withId('a', {timeMs: timeMs + 1}))).toBe(readingIdentity(withId('a')));
    expect(readingIdentity(withId('a'))).not.toBe(readingIdentity(withId('b')));
    expect(readingIdentity(withId('a', {beatsPerMinute: 62}))).not.toBe(readingIdentity(withId('a')));
  });

  it('is the same for one instant with another offset', () => {
    const there = textOf().replaceAll('2020-03-05T11:00:00.000Z', '2020-03-05T12:00:00+01:00');
    expect(readingIdentity(there)).toBe(same);
  });

  it('does not mistake one field for the next', () => {
    const point = (source: string, namespace: string): string =>
      JSON.stringify({header: {schema_id: {namespace}, acquisition_provenance: {source_name: source}}, body: {}});
    expect(readingIdentity(point('a', 'bc'))).not.toBe(readingIdentity(point('ab', 'c')));
  });
});
