import fc from 'fast-check';
import {setImmediate} from 'node:timers/promises';
import {MemoryStores} from './memory-stores.js';
import {raceOfPackers} from './race-of-packers.js';

describe('two packers that end, stand still and fail at any await', () => {
  it('pin each record in one pack, and no root that a table does not know or no record names', async () => {
    let processes = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer({min: 0, max: 2 ** 32 - 1}), async (seed) => {
        const clock = {ms: 1_000};
        const stores = new MemoryStores(() => clock.ms);
        const tick = async (): Promise<void> => {
          clock.ms += 10;
          await setImmediate();
        };
        const found = await raceOfPackers(
          seed,
          {
            ...{records: stores, claims: stores, roots: stores},
            packs: () => Promise.resolve(new Map([...stores.packs].map(([root, {state}]) => [root, state]))),
            rootsOfRecords: () => Promise.resolve(new Map([...stores.rows].map(([id, {packRoot}]) => [id, packRoot]))),
          },
          {time: {tick, leaseMs: 300, now: () => clock.ms}, accept: (record) => stores.take({records: [record]})},
        );
        processes += found.started;
        expect(found.unknown).toEqual([]);
        expect(found.pinned).toEqual(found.named);
        expect(found.known).toEqual(found.named.map((root) => `${String(root)} pinned`));
        expect(found.blocks).toBe(found.records);
      }),
      {numRuns: 30},
    );
    expect(processes).toBeGreaterThan(30 * 2 * 2);
  });
});
