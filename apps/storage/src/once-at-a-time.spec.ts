import {onceAtATime} from './once-at-a-time.js';

it('asks once for all who ask meanwhile, and anew afterwards, also after a failure', async () => {
  let asked = 0;
  const ask = onceAtATime(async () => {
    await Promise.resolve();
    if (++asked === 2) throw new Error('away');
    return asked;
  });
  expect(await Promise.all([ask(), ask()])).toEqual([1, 1]);
  expect((await Promise.allSettled([ask(), ask()])).map(({status}) => status)).toEqual(['rejected', 'rejected']);
  expect(await ask()).toBe(3);
});
