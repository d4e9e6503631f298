import {QueryShare} from './query-share.js';

/** A clock that questions and waiting move on. */
function scene(): {
  share: QueryShare;
  now: () => number;
  wait: (ms: number) => void;
  ask: (ms: number) => number | undefined;
} {
  let ms = 0;
  const share = new QueryShare(() => ms);
  return {share, now: () => ms, wait: (forMs) => void (ms += forMs), ask: (took) => share.run(() => (ms += took))};
}

test('one question is answered at once, and some more', () => {
  const {ask, now} = scene();
  for (let i = 1; i <= 12; i++) expect(ask(40)).toBe(40 * i);
  expect(now()).toBe(480);
});

test('questions without end get a quarter of the time, whether they are long or short, and none waits', () => {
  for (const took of [1, 12, 200]) {
    const {ask, now, wait} = scene();
    let worked = 0;
    while (now() < 100_000) {
      if (ask(took) === undefined) wait(1);
      else worked += took;
    }
    expect(worked / now()).toBeLessThan(0.27);
    expect(worked / now()).toBeGreaterThan(0.24);
  }
});

test('after a rest there is room again, and what an answer threw was paid for', () => {
  const {share, ask, wait} = scene();
  const fails = (): never => {
    wait(2_000);
    throw new Error('planted');
  };
  expect(() => share.run(fails)).toThrow('planted');
  wait(5_900);
  expect(ask(1)).toBeUndefined();
  wait(200);
  expect(ask(1)).toBeDefined();
});
