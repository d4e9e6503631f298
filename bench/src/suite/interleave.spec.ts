import {interleave, samplesOf} from './interleave.js';

describe('interleave', () => {
  it('takes the arms in turn and throws the first round away', async () => {
    const order: string[] = [];
    const rounds = await interleave(['a', 'b'], 2, (arm, round) => {
      order.push(`${arm}${String(round)}`);
      return Promise.resolve(order.length);
    });
    expect(order).toEqual(['a0', 'b0', 'a1', 'b1', 'a2', 'b2']);
    expect(rounds).toEqual([
      {a: 3, b: 4},
      {a: 5, b: 6},
    ]);
  });

  it('waits for one sample before it begins the next', async () => {
    let running = 0;
    await interleave(['a', 'b'], 1, async () => {
      expect(++running).toBe(1);
      await Promise.resolve();
      return --running;
    });
  });

  it('passes the failure of a sample on', async () => {
    await expect(interleave(['a'], 1, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });
});

describe('samplesOf', () => {
  it('gives one arm of every round', () => {
    expect(
      samplesOf(
        [
          {a: 1, b: 2},
          {a: 3, b: 4},
        ],
        'b',
      ),
    ).toEqual([2, 4]);
  });

  it('names an arm that is not there', () => {
    expect(() => samplesOf([{a: 1}], 'b')).toThrow('no arm is called b');
  });
});
