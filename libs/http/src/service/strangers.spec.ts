import {Strangers} from './strangers.js';

function world() {
  const clock = {ms: 1_000_000};
  return {clock, strangers: new Strangers(() => clock.ms)};
}

describe('Strangers', () => {
  it('lets an address ask for 256 that nobody knows, then 16 a second, and says when', () => {
    const {clock, strangers} = world();
    for (let n = 0; n < 256; n++) strangers.ask('a', 1);
    expect(() => strangers.ask('a', 17)).toThrow(
      expect.objectContaining({code: 'quota-exceeded', retryAfterSeconds: 2}),
    );
    strangers.ask('b', 256);
    clock.ms += 2_000;
    strangers.ask('a', 32);
  });

  it('costs nothing for who is known after all', () => {
    const {strangers} = world();
    for (let n = 0; n < 1_000; n++) strangers.ask('a', 200)(200);
    strangers.ask('a', 256)(255);
    expect(() => strangers.ask('a', 256)).toThrow(expect.objectContaining({code: 'quota-exceeded'}));
    strangers.ask('a', 255);
  });

  it('says that more than may ever be asked at once is too many', () => {
    const {strangers} = world();
    expect(() => strangers.ask('a', 257)).toThrow(expect.objectContaining({code: 'too-many-records'}));
    strangers.ask('a', 256);
  });
});
