import {setImmediate as turn} from 'node:timers/promises';
import {Turns} from './turns.js';

function world() {
  const turns = new Turns();
  const done: string[] = [];
  const work = async (name: string, steps: number): Promise<void> => {
    for (let step = 0; step < steps; step++) {
      await turns.next();
      done.push(name);
    }
  };
  return {done, work};
}

describe('Turns', () => {
  it('does no more than 32 steps in one turn, however many ask', async () => {
    const {done, work} = world();
    const all = Promise.all(['a', 'b', 'c'].map((name) => work(name, 100)));
    // The first turn has what came before it too.
    await turn();
    const counts: number[] = [];
    for (let before = done.length; before < 300; before = done.length) {
      await turn();
      counts.push(done.length - before);
    }
    await all;
    expect(Math.max(...counts)).toBe(32);
  });

  it('lets a small one pass between the steps of a large one', async () => {
    const {done, work} = world();
    const large = work('large', 1_000);
    await turn();
    const from = done.length;
    await work('small', 10);
    expect(done.length - from).toBeLessThan(64);
    await large;
  });
});
