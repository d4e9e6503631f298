import {PackRecords} from '../../src/application/pack-records.js';
import type {PackClaims, RecordStore, UnnamedRoots} from '../../src/application/ports.js';
import {SweepPacks} from '../../src/application/sweep-packs.js';
import {drawnFrom, FaultyProcess, NO_FAULTS} from './faulty.js';
import type {Faults} from './faulty.js';
import {MadeCluster} from './made-cluster.js';
import {sampleRecord} from './sample-records.js';

export interface RacedStores {
  readonly records: Pick<RecordStore, 'alert'>;
  readonly claims: PackClaims;
  readonly roots: UnnamedRoots;
  /** By root: whether it is made, pinned or to be dropped. */
  packs(): Promise<ReadonlyMap<string, string>>;
  /** Roots by record id; undefined: it is not stored. */
  rootsOfRecords(): Promise<ReadonlyMap<string, string | undefined>>;
}

export interface RaceTime {
  /** A little later. */
  readonly tick: () => Promise<unknown>;
  readonly leaseMs: number;
  readonly now: () => number;
}

const HARSH: Faults = {ends: 0.02, failsBefore: 0.08, failsAfter: 0.08, stalls: 0.01};
const PACKERS = 2;
const RECORDS = 24;
const METHODS = ['claim', 'takeUp', 'renew', 'putBack', 'letGo', 'stored'] as const;

/**
 * Two processes pack the same table while records come, end at any await and are started anew, stand still, and have
 * calls fail before and after their effect, until all is stored and swept.
 * @returns what has to be so afterwards, whatever happened
 */
export async function raceOfPackers(
  seed: number,
  stores: RacedStores,
  {time, accept}: {time: RaceTime; accept: (record: ReturnType<typeof sampleRecord>) => Promise<unknown>},
) {
  const draw = drawnFrom(seed);
  const cluster = new MadeCluster(async (root) => (await stores.packs()).has(root));
  let [started, faults] = [0, HARSH];
  const stall = async (): Promise<void> => {
    for (const until = time.now() + 2 * time.leaseMs; time.now() < until;) await time.tick();
  };

  function start() {
    const process = new FaultyProcess({faults, draw, stall});
    const lease = {owner: `process ${String(++started)}`, ms: time.leaseMs};
    const stopping = new AbortController();
    const pack = new PackRecords(
      {
        ...{maxRecords: 4, maxBytes: 1e6, lanes: 2, lease, now: time.now, stopping: stopping.signal},
        trace: (_records, run) => run(),
        pause: async (_ms, signal) => {
          await time.tick();
          signal.throwIfAborted();
        },
        onFailure: () => undefined,
      },
      {
        records: stores.records,
        claims: process.calls(stores.claims, ...METHODS),
        packs: {rootOf: (cids, id) => cluster.rootOf(cids, id), pin: process.calls(cluster, 'pin').pin},
        onStored: () => undefined,
      },
    );
    return {process, pack, lease, stopping};
  }

  const stored = async (): Promise<boolean> => {
    const roots = [...(await stores.rootsOfRecords()).values()];
    return roots.length === RECORDS && roots.every((root) => root !== undefined);
  };

  async function run(over: () => Promise<boolean>): Promise<void> {
    for (let one = start(); !(await over());) {
      const turn = {over: false};
      void one.pack
        .execute()
        .catch(() => false)
        .then(() => (turn.over = true));
      while (!turn.over && !one.process.ended) await time.tick();
      await time.tick();
      if (one.process.ended) one = start();
    }
  }

  let come = 0;
  const all = async (): Promise<void> => {
    for (; come < RECORDS; come++) {
      await accept(sampleRecord({sequence: BigInt(come + 1)}));
      for (let waits = Math.floor(draw() * 6); waits > 0; waits--) await time.tick();
    }
  };
  const half = async (): Promise<boolean> => come === RECORDS && (draw() < 0.02 || (await stored()));
  await Promise.all([all(), ...Array.from({length: PACKERS}, () => run(half))]);
  faults = NO_FAULTS;
  await Promise.all(Array.from({length: PACKERS}, () => run(stored)));
  const sweep = new SweepPacks(
    {
      now: time.now,
      lease: {owner: 'sweep', ms: time.leaseMs},
      stopping: new AbortController().signal,
      onDropped: () => undefined,
    },
    {roots: stores.roots, packs: cluster},
  );
  while (await sweep.execute());
  const named = [...new Set((await stores.rootsOfRecords()).values())].toSorted();
  return {
    started,
    /** Pinned before a table knew of it. */
    unknown: cluster.unknown,
    named,
    known: [...(await stores.packs())].map(([root, state]) => `${root} ${state}`).toSorted(),
    pinned: [...cluster.pinned.keys()].toSorted(),
    /** Blocks, each time that one is in a pinned pack. */
    blocks: [...cluster.pinned.values()].flat().length,
    records: RECORDS,
  };
}
