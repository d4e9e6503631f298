import {runMigrations} from '@vitalvault/postgres';
import {MadeConsumer} from '@vitalvault/process/testing';
import {startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import {openDatabase} from '../src/adapters/prisma/database.js';
import type {Database} from '../src/adapters/prisma/database.js';
import {PrismaPackClaims} from '../src/adapters/prisma/prisma-pack-claims.js';
import {PrismaRecordStore} from '../src/adapters/prisma/prisma-record-store.js';
import {PrismaUnnamedRoots} from '../src/adapters/prisma/prisma-unnamed-roots.js';
import {SweepPacks} from '../src/application/sweep-packs.js';
import {MadeCluster} from './support/made-cluster.js';
import {raceOfPackers} from './support/race-of-packers.js';
import {sampleRecord} from './support/sample-records.js';

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];
const now = (): number => Date.now();

describe('packers of two processes over a real PostgreSQL', () => {
  let engines: Engines;
  let database: Database;
  let url: string;

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    url = engines.databaseUrl('vv_storage');
    await runMigrations({databaseUrl: url, dir: join(import.meta.dirname, '..', 'prisma', 'migrations')});
    database = openDatabase({databaseUrl: url});
  });

  afterAll(async () => {
    await database.$disconnect();
    await engines.stop();
  });

  const empty = (): Promise<unknown> => database.$executeRaw`TRUNCATE records, packs, consumer_offsets CASCADE`;

  it.each(SEEDS)('pin each record in one pack, whatever they end at (seed %d)', async (seed) => {
    await empty();
    const consumer = new MadeConsumer();
    const records = new PrismaRecordStore(database, now);
    const found = await raceOfPackers(
      seed,
      {
        records,
        claims: new PrismaPackClaims(database),
        roots: new PrismaUnnamedRoots(database),
        packs: async () => new Map((await database.pack.findMany()).map(({root, state}) => [root, state])),
        rootsOfRecords: async () => {
          const rows = await database.record.findMany({select: {recordId: true, packRoot: true}});
          return new Map(rows.map(({recordId, packRoot}) => [recordId, packRoot ?? undefined]));
        },
      },
      {
        time: {tick: () => setTimeout(2), leaseMs: 80, now},
        accept: (record) => records.accept({records: [record]}, consumer.advance()),
      },
    );
    expect(found.unknown).toEqual([]);
    expect(found.pinned).toEqual(found.named);
    expect(found.known).toEqual(found.named.map((root) => `${String(root)} pinned`));
    expect(found.blocks).toBe(found.records);
    expect(found.started).toBeGreaterThan(2);
    expect(await database.waitingCiphertext.count()).toBe(0);
  });

  it('that claim at the same moment get different records', async () => {
    await empty();
    const batch = Array.from({length: 60}, (_, index) => sampleRecord({sequence: BigInt(index + 1)}));
    await new PrismaRecordStore(database, now).accept({records: batch}, new MadeConsumer().advance());
    const claims = Array.from({length: 6}, () => new PrismaPackClaims(database));
    const packs = await Promise.all(
      claims.map((one, index) =>
        one.claim({owner: String(index), ms: 60_000}, {records: 10, bytes: 1e6}, (cids) => cids.join(' ')),
      ),
    );
    const taken = packs.flatMap((pack) => pack?.records.map(({recordId}) => recordId) ?? []);
    expect([taken.length, new Set(taken).size]).toEqual([60, 60]);
  });

  it('one owner with 900 records waiting keeps no other owner out of the next pack', async () => {
    await empty();
    const [records, claims] = [new PrismaRecordStore(database, now), new PrismaPackClaims(database)];
    const consumer = new MadeConsumer();
    const of = (byte: number, from: number, count: number) =>
      Array.from({length: count}, (_, n) =>
        sampleRecord({sequence: BigInt(from + n), patient: new Uint8Array(20).fill(byte)}),
      );
    for (const from of [1, 301, 601]) await records.accept({records: of(1, from, 300)}, consumer.advance());
    const others = Array.from({length: 20}, (_, n) => of(n + 2, 1_000 + n, 1)).flat();
    await records.accept({records: others}, consumer.advance());
    const pack = await claims.claim({owner: 'one', ms: 60_000}, {records: 50, bytes: 1e6}, () => 'root');
    const taken = new Set(pack?.records.map(({recordId}) => recordId));
    expect([taken.size, others.filter(({recordId}) => !taken.has(recordId))]).toEqual([50, []]);
  });

  it('a sweeper that stood still for longer than its lease unpins nothing that was packed meanwhile', async () => {
    await empty();
    const consumer = new MadeConsumer();
    const [records, claims] = [new PrismaRecordStore(database, now), new PrismaPackClaims(database)];
    const cluster = new MadeCluster(() => Promise.resolve(true));
    const {signal} = new AbortController();
    const like = sampleRecord({sequence: 1n});
    const store = async (owner: string, sequence: bigint): Promise<string> => {
      const {ciphertext, ciphertextHash, cid} = like;
      const same = {...sampleRecord({sequence}), ciphertext, ciphertextHash, cid};
      await records.accept({records: [same]}, consumer.advance());
      const pack = await claims.claim({owner, ms: 60_000}, {records: 4, bytes: 1e6}, (cids, id) =>
        cluster.rootOf(cids, id),
      );
      if (pack === undefined) throw new Error('nothing waits');
      await cluster.pin([{cid, bytes: ciphertext}], {...pack, signal});
      await claims.stored({root: pack.root, replicas: 3});
      return pack.root;
    };
    await store('one', 1n);
    await database.$executeRaw`DELETE FROM records`;
    const [begun, goesOn] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
    const unpin = async (root: string): Promise<void> => {
      begun.resolve(undefined);
      await goesOn.promise;
      await cluster.unpin(root);
    };
    const sweep = new SweepPacks(
      {now, lease: {owner: 'sweep', ms: 1}, stopping: signal, onDropped: () => undefined},
      {roots: new PrismaUnnamedRoots(database), packs: {unpin}},
    );
    const swept = sweep.execute();
    await begun.promise;
    const root = await store('two', 2n);
    goesOn.resolve(undefined);
    await swept;
    expect(cluster.pinned.has(root)).toBe(true);
    expect(await database.pack.findMany({select: {root: true, state: true}})).toEqual([{root, state: 'pinned'}]);
  });
});
