import {eventually} from '@vitalvault/testkit';
import {DeliveryLoop} from './delivery-loop.js';

/** A loop whose rounds are `round`, with the number of rounds and what failed. */
function harness(
  round: (count: number, loop: DeliveryLoop) => Promise<number>,
  idleMs = 60_000,
  ended: Promise<void> = Promise.resolve(),
) {
  const seen = {rounds: 0, done: 0, failures: [] as unknown[]};
  const deliver = {execute: () => round(++seen.rounds, loop), drain: () => ended};
  const loop: DeliveryLoop = new DeliveryLoop(
    {idleMs, onFailure: (error) => seen.failures.push(error), onDone: () => seen.done++},
    {deliver},
  );
  const reaches = (rounds: number) =>
    eventually(
      () => {
        expect(seen.rounds).toBe(rounds);
      },
      1_000,
      5,
    );
  return {loop, seen, reaches};
}

describe('DeliveryLoop', () => {
  it('goes on while something is due, then rests until it is poked', async () => {
    const {loop, reaches} = harness((round) => Promise.resolve(round < 3 ? 8 : 0));
    loop.start();
    loop.start();
    await reaches(3);
    loop.poke();
    await reaches(4);
    await loop.stop();
  });

  it('does not lose a poke that comes during a round', async () => {
    const {loop, reaches} = harness((round, self) => {
      if (round === 1) self.poke();
      return Promise.resolve(0);
    });
    loop.start();
    await reaches(2);
    await loop.stop();
  });

  it('tells a failure, rests and tries again by itself', async () => {
    const {loop, seen, reaches} = harness(
      (round) => (round === 1 ? Promise.reject(new Error('away')) : new Promise(() => undefined)),
      20,
    );
    loop.start();
    await reaches(2);
    expect(seen.failures).toMatchObject([{message: 'away'}]);
    expect(seen.done).toBe(0);
  });

  it('waits for the round that runs when it is stopped and for what that began, and begins no other', async () => {
    const [gate, underWay] = [Promise.withResolvers<number>(), Promise.withResolvers<undefined>()];
    const {loop, seen, reaches} = harness(() => gate.promise, 60_000, underWay.promise);
    loop.start();
    await reaches(1);
    let stopped = false;
    const stopping = loop.stop().then(() => (stopped = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    gate.resolve(8);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(stopped).toBe(false);
    underWay.resolve(undefined);
    await stopping;
    expect(seen.rounds).toBe(1);
  });
});
