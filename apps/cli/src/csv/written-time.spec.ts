import {writtenTime} from './written-time.js';

const at = (text: string, order: 'month-first' | 'day-first' = 'day-first'): string | undefined => {
  const ms = writtenTime(text)?.localMs(order);
  return ms === undefined ? undefined : new Date(ms).toISOString();
};

describe('a time as it is written', () => {
  it.each([
    ['2020-03-05T08:00:00', '2020-03-05T08:00:00.000Z'],
    ['2020-03-05 08:00', '2020-03-05T08:00:00.000Z'],
    ['2020-03-05T08:00:00.123456789Z', '2020-03-05T08:00:00.123Z'],
    ['5.3.2020 8:00', '2020-03-05T08:00:00.000Z'],
    ['5/3/2020, 8:00:00 p.m.', '2020-03-05T20:00:00.000Z'],
    ['2016-12-31 23:59:60', '2016-12-31T23:59:59.000Z'],
    ['2020-02-29 00:00:00', '2020-02-29T00:00:00.000Z'],
  ])('%s is %s on its clock', (text, time) => {
    expect(at(text)).toBe(time);
  });

  it.each([
    ['2020-03-05T08:00:00Z', 0],
    ['2020-03-05T08:00:00+05:45', 345],
    ['2020-03-05T08:00:00-0330', -210],
    ['2020-03-05T08:00:00', undefined],
    ['5.3.2020 8:00', undefined],
  ])('%s has an offset of %p minutes', (text, minutes) => {
    expect(writtenTime(text)?.offsetMinutes).toBe(minutes);
  });

  it.each(['2019-02-29 00:00', '2020-13-01 00:00', '2020-03-05 24:00', '2020-03-05 08:00:61', '31.4.2020 8:00'])(
    '%s never was',
    (text) => {
      expect(writtenTime(text)).toBeDefined();
      expect(at(text)).toBeUndefined();
    },
  );

  it.each(['', 'now', '1583395200', '2020-03-05', '5/3/20 8:00', '5-3-2020 8:00', '8:00', '2020-03-05T08:00:00+1'])(
    '%j is no time that vv knows',
    (text) => {
      expect(writtenTime(text)).toBeUndefined();
    },
  );
});
