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

  it('lets 64 signatures of one signer be wrong from an address, then two a second; others there go on', () => {
    const {clock, strangers} = world();
    for (let n = 0; n < 64; n++) {
      expect(strangers.signature('a', 'x')).toBeUndefined();
      strangers.wrong('a', 'x');
    }
    expect(strangers.signature('a', 'x')).toMatchObject({code: 'quota-exceeded', retryAfterSeconds: 1});
    expect([strangers.signature('a', 'y'), strangers.signature('b', 'x')]).toEqual([undefined, undefined]);
    clock.ms += 500;
    expect(strangers.signature('a', 'x')).toBeUndefined();
  });

  it('lets 1,024 of all signers be wrong from an address, then 64 a second; other addresses go on', () => {
    const {clock, strangers} = world();
    for (let n = 0; n < 1_024; n++) strangers.wrong('a', `signer ${String(n)}`);
    expect(strangers.signature('a', 'new')).toMatchObject({code: 'quota-exceeded', retryAfterSeconds: 1});
    expect(strangers.signature('b', 'new')).toBeUndefined();
    clock.ms += 1_000;
    for (let n = 0; n < 64; n++) {
      expect(strangers.signature('a', `later ${String(n)}`)).toBeUndefined();
      strangers.wrong('a', `later ${String(n)}`);
    }
    expect(strangers.signature('a', 'last')).toBeDefined();
  });

  it('says that more than may ever be asked at once is too many', () => {
    const {strangers} = world();
    expect(() => strangers.ask('a', 257)).toThrow(expect.objectContaining({code: 'too-many-records'}));
    strangers.ask('a', 256);
  });
});
