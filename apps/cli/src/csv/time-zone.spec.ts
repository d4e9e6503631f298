import {TimeZone} from './time-zone.js';

const local = (text: string): number => Date.parse(`${text}Z`);
const shown = (zone: string, text: string): string[] =>
  new TimeZone(zone).instants(local(text)).map((instant) => new Date(instant).toISOString().slice(0, 16));

describe('a zone', () => {
  it.each<[string, string, string[]]>([
    ['UTC', '2020-03-05T08:00', ['2020-03-05T08:00']],
    ['Europe/Berlin', '2025-07-01T12:00', ['2025-07-01T10:00']],
    ['Europe/Berlin', '2025-10-26T02:30', ['2025-10-26T00:30', '2025-10-26T01:30']],
    ['Europe/Berlin', '2025-03-30T02:30', []],
    ['America/New_York', '2025-11-02T01:15', ['2025-11-02T05:15', '2025-11-02T06:15']],
    // Half an hour of daylight saving.
    ['Australia/Lord_Howe', '2025-04-06T01:45', ['2025-04-05T14:45', '2025-04-05T15:15']],
    ['Asia/Kathmandu', '2025-01-01T00:00', ['2024-12-31T18:15']],
    // A day that never was.
    ['Pacific/Apia', '2011-12-30T12:00', []],
    ['Pacific/Kiritimati', '2025-01-01T00:00', ['2024-12-31T10:00']],
  ])('%s: a clock shows %s at %j', (zone, text, instants) => {
    expect(shown(zone, text)).toEqual(instants);
  });

  it.each(['Mars/Olympus', '', 'Europe/Berlin; rm', 'CEST'])('%j is none', (name) => {
    expect(() => new TimeZone(name)).toThrow(RangeError);
  });
});
