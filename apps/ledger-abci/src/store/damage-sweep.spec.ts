import {seededRandom} from '@vitalvault/testkit';
import {DamagedStore} from '../../test/damaged-store.js';
import type {Damage} from '../../test/damaged-store.js';
import {scratchDir} from '../../test/scratch-ledger.js';

/** `SWEEP_CASES=all`: every byte of every file, each flipped and cut there; a number: as many of them. */
const wanted = process.env.SWEEP_CASES ?? '200';
const seed = process.env.SWEEP_SEED ?? 'sweep-1';

const root = scratchDir();
afterAll(() => {
  root.remove();
});

function sampled(all: readonly Damage[]): readonly Damage[] {
  if (wanted === 'all') return all;
  const random = seededRandom(seed);
  return Array.from({length: Number(wanted)}, () => all[Buffer.from(random(4)).readUInt32LE() % all.length] as Damage);
}

test(
  'whatever byte is damaged: healed, or refused with the way out, and never another answer',
  async () => {
    const store = await DamagedStore.make(root.path, seed);
    const damages = sampled(store.damages());
    const counts = new Map<string, number>();
    for (const damage of damages) {
      const found = await store.outcome(damage).catch((error: unknown) => {
        throw new Error(`${JSON.stringify(damage)}, seed ${seed}`, {cause: error});
      });
      counts.set(found, (counts.get(found) ?? 0) + 1);
    }
    process.stdout.write(`${damages.length} damages, seed ${seed}: ${JSON.stringify(Object.fromEntries(counts))}\n`);
    expect([...counts.keys()].sort()).toEqual([
      'healed by another snapshot',
      'healed by replay',
      'nothing lost',
      'refused',
      'started, a leaf refused',
    ]);
  },
  wanted === 'all' ? 3_600_000 : 180_000,
);
