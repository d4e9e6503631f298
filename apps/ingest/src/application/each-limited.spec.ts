import {eachLimited} from './each-limited.js';

describe('eachLimited', () => {
  it('works on so many at once, and gives the results in order', async () => {
    let [open, most] = [0, 0];
    const results = await eachLimited([5, 1, 4, 2, 3], 2, async (item) => {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setTimeout(resolve, item));
      open--;
      return item * 10;
    });
    expect([results, most]).toEqual([[50, 10, 40, 20, 30], 2]);
  });

  it('begins nothing more when one failed', async () => {
    let begun = 0;
    const items = Array.from({length: 100}, (_, n) => n);
    const run = eachLimited(items, 4, async (item) => {
      begun++;
      await Promise.resolve();
      if (item === 1) throw new Error('away');
    });
    await expect(run).rejects.toThrow('away');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(begun).toBeLessThan(10);
  });
});
