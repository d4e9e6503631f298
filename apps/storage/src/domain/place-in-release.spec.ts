import {PAGE_NAME, beginningOf, pageName} from './place-in-release.js';

const request = {slotFrom: 490_000};

describe('a page of a release', () => {
  it.each([
    [490_000, 0n],
    [490_321, 17n],
    [2 ** 32 - 1, 2n ** 64n - 1n],
  ])('that begins in hour %d at %d is found by its name', (slot, logIndex) => {
    const name = pageName({slot, logIndex});
    expect(name).toMatch(PAGE_NAME);
    expect(beginningOf(name, request)).toEqual({slot, logIndex});
  });

  it.each([undefined, '0.0', '489999.18446744073709551615'])('%s is the first', (name) => {
    expect(beginningOf(name, request)).toEqual({slot: 490_000, logIndex: 0n});
  });

  it.each(['', '1', '1.', '.1', '-1.1', '1.-1', '1.1.1', '0x1.1', '1e3.1', ' 1.1', '1.1\n', `1.${'9'.repeat(21)}`])(
    'is not named %j',
    (name) => expect(name).not.toMatch(PAGE_NAME),
  );
});
