import {QueryShare} from './query-share.js';

/** A clock that questions and sleep move on. */
function scene(): {share: QueryShare; now: () => number; ask: (ms: number) => number | Promise<number>} {
  let ms = 0;
  const sleep = (milliseconds: number): Promise<void> => {
    ms += milliseconds;
    return Promise.resolve();
  };
  const share = new QueryShare(() => ms, sleep);
  return {share, now: () => ms, ask: (took) => share.run(() => (ms += took))};
}

test('one question is answered at once, and some more', () => {
  const {ask, now} = scene();
  for (let i = 1; i <= 12; i++) expect(ask(40)).toBe(40 * i);
  expect(now()).toBe(480);
});

test('questions without end get a quarter of the time, whether they are long or short', async () => {
  for (const took of [1, 12, 200]) {
    const {ask, now} = scene();
    let worked = 0;
    while (now() < 100_000) {
      await ask(took);
      worked += took;
    }
    expect(worked / now()).toBeLessThan(0.27);
    expect(worked / now()).toBeGreaterThan(0.24);
  }
});

test('after a rest there is room again, and what an answer threw was paid for', async () => {
  const {share, ask, now} = scene();
  const fails = (): never => {
    void share.run(() => ask(0));
    throw new Error('planted');
  };
  expect(() => share.run(fails)).toThrow('planted');
  await ask(2_000);
  const before = now();
  await ask(1);
  expect(now() - before).toBeGreaterThan(4_000);
});
