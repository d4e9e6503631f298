import {beforeEach, describe, expect, it} from '@jest/globals';
import {DomainError} from '@vitalvault/errors';
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

  describe('while validators are slow', () => {
    let quota: ProofQuota;
    let begun: string[];
    let ends: (() => void)[];
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    const ask = (asker: string, name = asker, named = false): Promise<string> =>
      quota
        .inTurn(
          asker,
          async () => {
            begun.push(name);
            await new Promise<void>((resolve) => ends.push(resolve));
            if (name.endsWith('!')) throw new Error('planted');
            return name;
          },
          {named},
        )
        .catch((error: unknown) => (error instanceof DomainError ? error.code : 'thrown'));
    const endOne = async () => {
      ends.shift()?.();
      await settle();
    };

    beforeEach(() => {
      [quota, begun, ends] = [new ProofQuota(() => 0), [], []];
    });

    it('eight questions of all are under way and 64 wait, in their order; one more is refused at once', async () => {
      const answers = Array.from({length: 72}, (_, i) =>
        ask(`asker ${String(i)}`, i % 2 === 1 ? `${String(i)}!` : String(i)),
      );
      expect(await ask('one more')).toBe('quota-exceeded');
      await settle();
      for (let done = 0; done < 72; done++) {
        expect(begun).toHaveLength(Math.min(72, done + 8));
        await endOne();
      }
      expect(begun.map((name) => Number.parseInt(name, 10))).toEqual(Array.from({length: 72}, (_, i) => i));
      expect(await Promise.all(answers)).toEqual(begun.map((name) => (name.endsWith('!') ? 'thrown' : name)));
      const again = ask('one more');
      await settle();
      await endOne();
      expect(await again).toBe('one more');
    });

    it('one asker has two under way and six waiting, whichever validator hangs; the other places are free', async () => {
      const hers = Array.from({length: 72}, () => ask(anna));
      await settle();
      expect(begun).toEqual([anna, anna]);
      const refused = await Promise.all(hers.slice(8));
      expect(new Set(refused)).toEqual(new Set(['quota-exceeded']));
      void ask(ben);
      await settle();
      expect(begun).toEqual([anna, anna, ben]);
    });

    it('askers take turns: who asks once need not wait for all that others asked before', async () => {
      const many = ['a', 'b', 'c', 'd'];
      for (const asker of many) for (let i = 0; i < 8; i++) void ask(asker);
      void ask(ben);
      await settle();
      begun = [];
      for (let i = 0; i < 5; i++) await endOne();
      expect(begun).toContain(ben);
      expect(ends).toHaveLength(8);
    });

    it('those who name a validator that hangs keep half of the places together, and half of those to wait', async () => {
      const many = Array.from({length: 20}, (_, i) => `asker ${String(i)}`);
      const named = many.flatMap((asker) => [1, 2].map(() => ask(asker, `named by ${asker}`, true)));
      await settle();
      expect(begun).toHaveLength(4);
      // The 37th and those after it: 4 are under way, 32 wait.
      expect(new Set(await Promise.all(named.slice(36)))).toEqual(new Set(['quota-exceeded']));
      const others = Array.from({length: 4}, (_, i) => ask(`other ${String(i)}`));
      await settle();
      expect(begun.slice(4)).toEqual(['other 0', 'other 1', 'other 2', 'other 3']);
      void ask(anna);
      await settle();
      expect(begun).toHaveLength(8);
      // The place of a named one goes to a named one, whose turn it is; that of another to who names none.
      ends.splice(4, 1)[0]?.();
      await settle();
      expect(begun.at(-1)).toBe(anna);
      await endOne();
      expect(begun.at(-1)).toMatch(/^named by/);
      while (ends.length > 0) await endOne();
      await Promise.all([...named, ...others]);
      expect(begun).toHaveLength(36 + 5);
    });

    it('a question that ends gives its asker the next turn when nobody else waits', async () => {
      for (let i = 0; i < 4; i++) void ask(anna);
      await settle();
      await endOne();
      expect(begun).toHaveLength(3);
      for (let i = 0; i < 3; i++) await endOne();
      expect(begun).toHaveLength(4);
    });
  });
});
