import {eventually} from './eventually.js';
import {FakeClock} from './fake-clock.js';
import {seededRandom} from './seeded-random.js';

describe('testkit', () => {
  it('seeded bytes repeat with the seed and differ without it', () => {
    const [a, b, other] = [seededRandom('a'), seededRandom('a'), seededRandom('b')];
    const first = a(40);
    expect(first).toEqual(b(40));
    expect(a(40)).not.toEqual(first);
    expect(other(40)).not.toEqual(first);
  });

  it('the clock moves only when told', () => {
    const clock = new FakeClock(5_000);
    clock.advance(1_500);
    expect([clock.now(), clock.seconds()]).toEqual([6_500, 6]);
  });

  it('eventually gives the value, or the last failure', async () => {
    let calls = 0;
    expect(
      await eventually(
        () => {
          if (++calls < 3) throw new Error('early');
          return calls;
        },
        1_000,
        1,
      ),
    ).toBe(3);
    await expect(eventually(() => Promise.reject(new Error('never')), 10, 1)).rejects.toThrow('never');
  });
});
