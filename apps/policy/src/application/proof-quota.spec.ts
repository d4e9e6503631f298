import {describe, expect, it} from '@jest/globals';
import {ProofQuota} from './proof-quota.js';

const [anna, ben] = ['aa'.repeat(20), 'bb'.repeat(20)];
const codeOf = (ask: () => unknown): unknown => {
  try {
    ask();
    return undefined;
  } catch (error) {
    return error;
  }
};

describe('proof quota', () => {
  it('lets one asker ask 256 times at once and then eight times a second; nobody else notices', () => {
    let nowMs = 0;
    const quota = new ProofQuota(() => nowMs);
    for (let i = 0; i < 256; i++) quota.charge(anna);
    for (let i = 0; i < 3; i++)
      expect(
        codeOf(() => {
          quota.charge(anna);
        }),
      ).toMatchObject({code: 'quota-exceeded', retryAfterSeconds: 1});
    quota.charge(ben);
    nowMs = 1_000;
    for (let i = 0; i < 8; i++) quota.charge(anna);
    expect(() => {
      quota.charge(anna);
    }).toThrow();
  });

  it('has eight questions of all under way and 64 waiting, in their order; one more is refused at once', async () => {
    const quota = new ProofQuota(() => 0);
    const begun: number[] = [];
    const ends: (() => void)[] = [];
    const ask = (i: number) =>
      quota.inTurn(async () => {
        begun.push(i);
        await new Promise<void>((resolve) => ends.push(resolve));
        if (i % 2 === 1) throw new Error('planted');
        return i;
      });
    const answers = Array.from({length: 72}, (_, i) => ask(i).catch(() => -i));
    await expect(ask(72)).rejects.toMatchObject({code: 'quota-exceeded', retryAfterSeconds: 1});
    expect(begun).toHaveLength(8);
    for (let done = 0; done < 72; done++) {
      ends[done]?.();
      await answers[done];
      await Promise.resolve();
      expect(begun.length - done).toBeLessThanOrEqual(9);
    }
    expect(begun).toEqual(Array.from({length: 72}, (_, i) => i));
    const again = ask(74);
    ends.at(-1)?.();
    await expect(again).resolves.toBe(74);
  });
});
