import {runMigrations} from '@vitalvault/postgres';
import {MadeConsumer} from '@vitalvault/process/testing';
import {startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import pg from 'pg';
import {openDatabase} from '../src/adapters/prisma/database.js';
import type {Database} from '../src/adapters/prisma/database.js';
import {PrismaPackClaims} from '../src/adapters/prisma/prisma-pack-claims.js';
import {PrismaRecordStore} from '../src/adapters/prisma/prisma-record-store.js';
import {PrismaUnnamedRoots} from '../src/adapters/prisma/prisma-unnamed-roots.js';
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

  it('a pack that is pinned leaves nothing waiting of what was just being claimed for its root', async () => {
    await empty();
    const batch = [1n, 2n].map((sequence) => sampleRecord({sequence}));
    await new PrismaRecordStore(database, now).accept({records: batch}, new MadeConsumer().advance());
    const claims = new PrismaPackClaims(database);
    await claims.claim({owner: 'slow', ms: -1}, {records: 1, bytes: 1e6}, () => 'root');
    const other = new pg.Client({connectionString: url});
    await other.connect();
    // As claim() does for a record of the same ciphertext, just before its commit.
    await other.query(`BEGIN; UPDATE packs SET owner = 'other', lease_until = now() + interval '1 minute';
      UPDATE waiting_ciphertexts SET pack_root = 'root' WHERE pack_root IS NULL`);
    const saying = claims.stored({root: 'root', replicas: 2});
    const held = `SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted`;
    while ((await other.query<{n: number}>(held)).rows[0]?.n !== 1) await setTimeout(20);
    await other.query('COMMIT');
    await other.end();
    await saying;
    expect((await database.record.findMany()).map(({packRoot}) => packRoot)).toEqual(['root', 'root']);
    expect(await database.waitingCiphertext.count()).toBe(0);
  });
});
