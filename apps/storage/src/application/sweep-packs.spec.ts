import {MemoryStores} from '../../test/support/memory-stores.js';
import {sampleRecord} from '../../test/support/sample-records.js';
import {storeAll} from '../../test/support/store-all.js';
import {SweepPacks} from './sweep-packs.js';

async function world() {
  const clock = {ms: 1_000};
  const stores = new MemoryStores(() => clock.ms);
  const unpinned: string[] = [];
  const {signal} = new AbortController();
  let away = false;
  const sweep = new SweepPacks(
    {now: () => clock.ms, lease: {owner: 'sweep', ms: 60_000}, stopping: signal, onDropped: () => undefined},
    {
      roots: stores,
      packs: {unpin: (root) => (away ? Promise.reject(new Error('away')) : Promise.resolve(void unpinned.push(root)))},
    },
  );
  for (const [index, root] of ['a', 'b', 'c'].entries()) {
    await stores.take({records: [sampleRecord({sequence: BigInt(index + 1)})]});
    await storeAll(stores, root);
  }
  const all = async (): Promise<void> => {
    while (await sweep.execute());
  };
  /** As erasure will. */
  const erase = (root: string): void => {
    for (const [id, {packRoot}] of stores.rows) if (packRoot === root) stores.rows.delete(id);
  };
  return {clock, stores, unpinned, all, erase, sweep, leave: (is: boolean) => (away = is)};
}

describe('SweepPacks', () => {
  it('unpins what no record names, once an hour, and nothing else', async () => {
    const {clock, stores, unpinned, all, erase} = await world();
    await all();
    erase('b');
    await all();
    expect(unpinned).toEqual([]);
    clock.ms += 3_600_000;
    await all();
    expect([unpinned, [...stores.packs.keys()]]).toEqual([['b'], ['a', 'c']]);
    clock.ms += 3_600_000;
    await all();
    expect(unpinned).toEqual(['b']);
  });

  it('tries again what could not be unpinned, when its hands are free of it', async () => {
    const {clock, stores, unpinned, all, erase, sweep, leave} = await world();
    erase('a');
    leave(true);
    await expect(sweep.execute()).rejects.toThrow('away');
    leave(false);
    await all();
    expect([unpinned, stores.packs.size]).toEqual([[], 3]);
    clock.ms += 60_000;
    await all();
    expect([unpinned, stores.packs.size]).toEqual([['a'], 2]);
  });
});
