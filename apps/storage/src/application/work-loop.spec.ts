import {eventually} from '@vitalvault/testkit';
import {WorkLoop} from './work-loop.js';

const options = {idleMs: 10_000, gatherMs: 0, onFailure: () => undefined};

describe('WorkLoop', () => {
  it('goes on at once while there is more, then rests until it is poked', async () => {
    let [left, runs] = [3, 0];
    const loop = new WorkLoop(options, () => {
      runs++;
      return Promise.resolve(--left > 0);
    });
    loop.start();
    await eventually(
      () => {
        expect(runs).toBe(3);
      },
      1_000,
      5,
    );
    left = 1;
    loop.poke();
    await eventually(
      () => {
        expect(runs).toBe(4);
      },
      1_000,
      5,
    );
    await loop.stop();
  });

  it('a poke during the work is not lost', async () => {
    let runs = 0;
    const loop: WorkLoop = new WorkLoop(options, () => {
      if (++runs === 1) loop.poke();
      return Promise.resolve(false);
    });
    loop.start();
    await eventually(
      () => {
        expect(runs).toBe(2);
      },
      1_000,
      5,
    );
    await loop.stop();
  });

  it('tries again after a failure, and tells it', async () => {
    const failures: unknown[] = [];
    let runs = 0;
    const loop = new WorkLoop({...options, onFailure: (error) => failures.push(error)}, () =>
      ++runs === 1 ? Promise.reject(new Error('x')) : Promise.resolve(false),
    );
    loop.start();
    await eventually(
      () => {
        expect(runs).toBe(2);
      },
      2_000,
      10,
    );
    await loop.stop();
    expect(failures).toHaveLength(1);
  });

  it('stops promptly, also while it rests', async () => {
    const loop = new WorkLoop(options, () => Promise.resolve(false));
    loop.start();
    const began = Date.now();
    await loop.stop();
    expect(Date.now() - began).toBeLessThan(1_000);
  });
});
