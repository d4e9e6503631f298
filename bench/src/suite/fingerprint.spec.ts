import {busyWarning} from './fingerprint.js';

describe('busyWarning', () => {
  it('is silent on a quiet machine', () => {
    expect(busyWarning({load: 0.9, cores: 2})).toBeUndefined();
    expect(busyWarning({load: 1, cores: 2})).toBeUndefined();
  });

  it('names load and cores on a busy one', () => {
    expect(busyWarning({load: 1.1, cores: 2})).toMatch('The load was 1.1 on 2 cores');
    expect(busyWarning({load: 1.1, cores: 16})).toBeUndefined();
  });
});
