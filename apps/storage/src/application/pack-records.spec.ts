import {DomainError} from '@vitalvault/errors';
import {eventually} from '@vitalvault/testkit';
import {MemoryStores} from '../../test/support/memory-stores.js';
import {sampleRecord} from '../../test/support/sample-records.js';
import {PackRecords} from './pack-records.js';

interface Pin {
  readonly cids: readonly string[];
  finish(error?: Error): void;
}

function world(lanes = 2) {
  const stores = new MemoryStores(() => 0);
  const pins: Pin[] = [];
  const pauses: number[] = [];
  let stopped = false;
  const pack = new PackRecords(
    {
      maxRecords: 2,
      maxBytes: 100_000,
      lanes,
      now: () => 0,
      trace: (_records, run) => run(),
      onFailure: () => undefined,
      pause: (milliseconds) => {
        pauses.push(milliseconds);
        return stopped ? Promise.reject(new Error('stopped')) : Promise.resolve();
      },
    },
    {
      records: stores,
      onStored: () => undefined,
      packs: {
        recover: () => Promise.resolve(),
        rewrite: () => Promise.resolve(),
        pin: (blocks) =>
          new Promise((resolve, reject) =>
            pins.push({
              cids: blocks.map(({cid}) => cid),
              finish: (error) => {
                if (error === undefined) resolve({root: 'root', replicas: 3});
                else reject(error);
              },
            }),
          ),
      },
    },
  );
  const accept = async (...sequences: number[]): Promise<string[]> => {
    const records = sequences.map((sequence) => sampleRecord({sequence: BigInt(sequence)}));
    await stores.take({records});
    return records.map(({cid}) => cid);
  };
  const states = (): string[] => [...stores.rows.values()].map(({state}) => state);
  return {
    stores,
    pins,
    pauses,
    pack,
    accept,
    states,
    stop: () => {
      stopped = true;
    },
  };
}

describe('PackRecords', () => {
  it('packs what waits, and calls it stored only when it is pinned', async () => {
    const {pack, pins, accept, states} = world();
    const cids = await accept(1, 2);
    expect(await pack.execute()).toBe(true);
    expect(pins.map((pin) => pin.cids)).toEqual([cids]);
    expect(states()).toEqual(['accepted', 'accepted']);
    pins[0]?.finish();
    await pack.drain();
    expect(states()).toEqual(['stored', 'stored']);
    expect(await pack.execute()).toBe(false);
  });

  it('pins several packs at once, each record in one, and no more than it has lanes for', async () => {
    const {pack, pins, accept, states} = world(2);
    await accept(1, 2, 3, 4, 5, 6);
    await pack.execute();
    await pack.execute();
    const third = pack.execute();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(pins).toHaveLength(2);
    pins[1]?.finish();
    await third;
    expect(pins).toHaveLength(3);
    for (const pin of pins) pin.finish();
    await pack.drain();
    expect(new Set(pins.flatMap((pin) => pin.cids)).size).toBe(6);
    expect(states().every((state) => state === 'stored')).toBe(true);
  });

  it('tries on while IPFS is away, alerts each patient once, and loses nothing', async () => {
    const {pack, pins, pauses, accept, states, stores} = world();
    await accept(1, 2);
    await pack.execute();
    for (let attempt = 0; attempt < 8; attempt++) {
      await eventually(
        () => {
          expect(pins).toHaveLength(attempt + 1);
        },
        1_000,
        5,
      );
      pins[attempt]?.finish(new DomainError('ipfs-unavailable'));
    }
    await eventually(
      () => {
        expect(pins).toHaveLength(9);
      },
      1_000,
      5,
    );
    expect(stores.alerts).toHaveLength(1);
    expect(Math.max(...pauses)).toBeLessThanOrEqual(10_000);
    pins[8]?.finish();
    await pack.drain();
    expect(states()).toEqual(['stored', 'stored']);
  });

  it('lets go when the process stops, so that the next one takes the records', async () => {
    const {pack, pins, accept, states, stop} = world();
    await accept(1);
    await pack.execute();
    stop();
    pins[0]?.finish(new DomainError('ipfs-unavailable'));
    await pack.drain();
    expect(states()).toEqual(['accepted']);
    expect(await pack.execute()).toBe(true);
    pins[1]?.finish();
    await pack.drain();
  });
});
