import {DomainError} from '@vitalvault/errors';
import {eventually} from '@vitalvault/testkit';
import {setTimeout as sleep} from 'node:timers/promises';
import {MemoryStores} from '../../test/support/memory-stores.js';
import {sampleRecord} from '../../test/support/sample-records.js';
import {PackRecords} from './pack-records.js';

interface Pin {
  readonly root: string;
  readonly cids: readonly string[];
  finish(error?: Error): void;
}

const LEASE_MS = 15_000;

function world({lanes = 2, owner = 'one', stores = new MemoryStores(() => clock.ms)} = {}) {
  const pins: Pin[] = [];
  const failures: number[] = [];
  const stopping = new AbortController();
  started.push(stopping);
  const pack = new PackRecords(
    {
      ...{maxRecords: 2, maxBytes: 100_000, lanes, lease: {owner, ms: LEASE_MS}, stopping: stopping.signal},
      now: () => clock.ms,
      trace: (_records, run) => run(),
      onFailure: ({attempt}) => failures.push(attempt),
      // Each third of a lease of the clock.
      pause: async (milliseconds, signal) => {
        for (const until = clock.ms + milliseconds; clock.ms < until;) await sleep(1, undefined, {signal});
      },
    },
    {
      records: stores,
      claims: stores,
      onStored: () => undefined,
      packs: {
        rootOf: (cids) => cids.toSorted().join(' '),
        pin: (blocks, {root, signal}) =>
          new Promise((resolve, reject) => {
            const finish = (error?: Error): void => {
              if (error === undefined) resolve(3);
              else reject(error);
            };
            signal.addEventListener('abort', () => finish(new Error('aborted')));
            pins.push({root, cids: blocks.map(({cid}) => cid), finish});
          }),
      },
    },
  );
  const accept = async (...sequences: number[]): Promise<string[]> => {
    const records = sequences.map((sequence) => sampleRecord({sequence: BigInt(sequence)}));
    await stores.take({records});
    return records.map(({cid}) => cid);
  };
  const states = (): string[] => [...stores.rows.values()].map(({state}) => state);
  const settled = (): Promise<unknown> => sleep(5);
  return {stores, pins, failures, pack, accept, states, settled, stopping};
}

const clock = {ms: 1_000};
const started: AbortController[] = [];

describe('PackRecords', () => {
  afterEach(() => {
    for (const stopping of started.splice(0)) stopping.abort();
  });

  it('packs what waits, and calls it stored only when it is pinned', async () => {
    const {pack, pins, accept, states, settled} = world();
    const cids = await accept(1, 2);
    expect(await pack.execute()).toBe(true);
    expect(pins.map((pin) => pin.cids)).toEqual([cids]);
    expect(states()).toEqual(['accepted', 'accepted']);
    pins[0]?.finish();
    await settled();
    expect(states()).toEqual(['stored', 'stored']);
    expect(await pack.execute()).toBe(false);
  });

  it('pins several packs at once, each record in one, and no more than it has lanes for', async () => {
    const {pack, pins, accept, states, settled} = world();
    await accept(1, 2, 3, 4, 5, 6);
    await pack.execute();
    await pack.execute();
    const third = pack.execute();
    await sleep(20);
    expect(pins).toHaveLength(2);
    pins[1]?.finish();
    await third;
    expect(pins).toHaveLength(3);
    for (const pin of pins) pin.finish();
    await settled();
    expect(new Set(pins.flatMap((pin) => pin.cids)).size).toBe(6);
    expect(states().every((state) => state === 'stored')).toBe(true);
  });

  it('tries on while IPFS is away, under one root, alerts each patient once, and loses nothing', async () => {
    const {pack, pins, failures, accept, states, stores, settled} = world();
    await accept(1, 2);
    for (let attempt = 1; attempt <= 8; attempt++) {
      await eventually(
        async () => {
          clock.ms += 1_000;
          await pack.execute();
          expect(pins).toHaveLength(attempt);
        },
        1_000,
        1,
      );
      pins[attempt - 1]?.finish(new DomainError('ipfs-unavailable'));
      await settled();
      expect(failures).toHaveLength(attempt);
    }
    expect([failures, stores.alerts.length, new Set(pins.map(({root}) => root)).size]).toEqual([
      [1, 2, 3, 4, 5, 6, 7, 8],
      1,
      1,
    ]);
    clock.ms += 10_000;
    await pack.execute();
    pins[8]?.finish();
    await settled();
    expect(states()).toEqual(['stored', 'stored']);
  });

  it('goes on with other packs beside such that hang, however many of these there are', async () => {
    const {pack, pins, accept, states, settled} = world({lanes: 3});
    await accept(1, 2, 3, 4, 5, 6);
    for (let lane = 0; lane < 3; lane++) await pack.execute();
    for (const pin of pins) pin.finish(new DomainError('ipfs-unavailable'));
    await settled();
    clock.ms += 60_000;
    await accept(7, 8);
    // Two of the three are tried again and hang; what came later is stored.
    for (let lane = 0; lane < 3; lane++) await pack.execute();
    expect(pins).toHaveLength(6);
    pins[5]?.finish();
    await settled();
    expect(states().slice(6)).toEqual(['stored', 'stored']);
    await accept(9, 10);
    await pack.execute();
    expect(pins[6]?.cids).toEqual([sampleRecord({sequence: 9n}).cid, sampleRecord({sequence: 10n}).cid]);
  });

  it('begins no pack after the other while everything fails, and all lanes are used again after one success', async () => {
    const {pack, pins, accept, settled} = world({lanes: 3});
    await accept(...Array.from({length: 20}, (_, index) => index + 1));
    for (let look = 0; look < 50; look++) {
      await pack.execute();
      for (const pin of pins) pin.finish(new DomainError('ipfs-unavailable'));
      await settled();
    }
    expect(pins.length).toBeLessThanOrEqual(2);
    clock.ms += 2_000;
    await eventually(
      async () => {
        await pack.execute();
        pins.at(-1)?.finish();
        await settled();
        expect(pins.length).toBeGreaterThan(8);
      },
      2_000,
      1,
    );
  });

  it('keeps its lease for as long as it tries; what another one has taken up it lets be', async () => {
    const {pack, pins, accept, states, stores, settled} = world();
    await accept(1);
    await pack.execute();
    const other = {owner: 'other', ms: LEASE_MS};
    for (let third = 0; third < 9; third++) {
      clock.ms += LEASE_MS / 3;
      await settled();
      expect(await stores.takeUp(other, (cids) => cids.join(' '))).toBeUndefined();
    }
    // It stood still for longer than its lease.
    clock.ms += 2 * LEASE_MS;
    const taken = await stores.takeUp(other, (cids) => cids.join(' '));
    expect(taken?.root).toBe(pins[0]?.root);
    await settled();
    clock.ms += LEASE_MS / 3;
    await settled();
    expect(await stores.renew(taken?.root ?? '', other)).toBe(true);
    await stores.stored({root: taken?.root ?? '', replicas: 2});
    expect(states()).toEqual(['stored']);
  });

  it('ends at once what is in hand when the process stops, and others take it up at once', async () => {
    const {pack, pins, accept, states, stopping, stores, failures, settled} = world();
    await accept(1);
    await pack.execute();
    stopping.abort();
    await pack.stop();
    expect([states(), failures, await pack.execute()]).toEqual([['accepted'], [], false]);
    const next = world({owner: 'next', stores});
    expect(await next.pack.execute()).toBe(true);
    expect(next.pins[0]?.root).toBe(pins[0]?.root);
    next.pins[0]?.finish();
    await settled();
    expect(states()).toEqual(['stored']);
  });
});
