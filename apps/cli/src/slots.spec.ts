import {parseSlot, slotText} from './slots.js';

const NOW = Date.parse('2026-05-01T10:30:00Z');
const HOUR = 3_600_000;

describe('slots as people write them', () => {
  it.each([
    ['now', '2026-05-01T10:00:00Z'],
    ['+2h', '2026-05-01T12:00:00Z'],
    ['-1d', '2026-04-30T10:00:00Z'],
    ['2016-04-01', '2016-04-01T00:00:00Z'],
    ['2016-04-01T08:59', '2016-04-01T08:00:00Z'],
    ['2016-04-01T08:59:59', '2016-04-01T08:00:00Z'],
    ['2016-04-01T08:30:00+02:00', '2016-04-01T06:00:00Z'],
    ['slot:0', '1970-01-01T00:00:00Z'],
  ])('%s', (text, hour) => expect(parseSlot(text, NOW) * HOUR).toBe(Date.parse(hour)));

  it.each(['', 'tomorrow', '12', '+2w', '2016-13-01', '1969-01-01', '1/4/2016'])('refuses %p', (text) => {
    expect(() => parseSlot(text, NOW)).toThrow(expect.objectContaining({code: 'time-invalid'}));
  });

  it('are shown as hours', () => expect(slotText(405368)).toBe('2016-03-30T08h'));
});
