import {ODD_TEXTS} from '@vitalvault/arguments/testing';
import {InvalidArgumentError} from 'commander';
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

  it('ends with the last slot that there is', () => expect(parseSlot('slot:4294967295', NOW)).toBe(4_294_967_295));

  it.each([
    ...ODD_TEXTS,
    'tomorrow',
    '12',
    '+2w',
    '+2',
    '+1.5h',
    '+1e3h',
    '+٣h',
    '+2h ',
    '+900000y',
    '-60y',
    '2016-13-01',
    '2016-02-30',
    '1969-01-01',
    '1/4/2016',
    'slot:4294967296',
    'slot:-1',
    'slot:',
  ])('refuses %j', (text) => {
    expect(() => parseSlot(text, NOW)).toThrow(InvalidArgumentError);
  });

  it.each([
    [405_368, '2016-03-30T08h'],
    [4_294_967_295, 'hour 4294967295'],
  ])('%d is shown as %s', (slot, text) => expect(slotText(slot)).toBe(text));
});
