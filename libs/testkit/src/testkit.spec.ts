import {eventually} from './eventually.js';
import {FakeClock} from './fake-clock.js';
import {idsIn} from './ids-in.js';
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

describe('a search for ids', () => {
  const id = Buffer.from('00ff10ef20df30cf40bf50af609f708f90779868', 'hex');
  const ids = {'her id': id.toString('hex'), 'the block': 'bafkreigh2akiscaildc', other: 'ee'.repeat(32)};

  it.each([
    ['hexadecimal', id.toString('hex')],
    ['capitals', id.toString('hex').toUpperCase()],
    ['base64', id.toString('base64')],
    ['base64url', id.toString('base64url')],
  ])('finds one in %s, and no other', (_form, written) => {
    expect(idsIn(`{"msg":"x","at":"t/${written}/7"}`, ids)).toEqual(['her id']);
  });

  it('finds a text as it is and as hexadecimal, nothing where nothing is, and looks for nothing empty', () => {
    expect(idsIn(`a bafkreigh2akiscaildc b`, ids)).toEqual(['the block']);
    expect(idsIn(Buffer.from(ids['the block']).toString('hex'), ids)).toEqual(['the block']);
    expect(idsIn('{"height":"7"}', ids)).toEqual([]);
    expect(() => idsIn('', {nobody: ''})).toThrow('nobody');
  });
});
