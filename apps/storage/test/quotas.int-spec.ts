import {MadeConsumer} from '@vitalvault/process/testing';
import {openDatabase} from '../src/adapters/prisma/database.js';
import type {Database} from '../src/adapters/prisma/database.js';
import {PrismaPackClaims} from '../src/adapters/prisma/prisma-pack-claims.js';
import {PrismaQuotaStore} from '../src/adapters/prisma/prisma-quota-store.js';
import {PrismaRecordStore} from '../src/adapters/prisma/prisma-record-store.js';
import type {QuotaDemand} from '../src/application/quota-store.js';
import {hexOf, sampleRecord} from './support/sample-records.js';
import {storeAll} from './support/store-all.js';
import {startStorageDatabase} from './support/storage-database.js';
import type {StorageDatabase} from './support/storage-database.js';

/** Nothing comes back while a case runs. */
const SLOW = {burst: 1_000, refillPerSecond: 1};

describe('quotas over a real PostgreSQL', () => {
  let started: StorageDatabase;
  let databaseUrl: string;
  let database: Database;
  let quotas: PrismaQuotaStore;

  beforeAll(async () => {
    started = await startStorageDatabase();
    ({database, databaseUrl} = started);
  });

  afterAll(async () => {
    await started.close();
  });

  beforeEach(async () => {
    await database.$executeRaw`TRUNCATE quota_levels, records, packs, consumer_offsets CASCADE`;
    quotas = new PrismaQuotaStore(database);
  });

  const of = (kind: QuotaDemand['kind'], owner: string, records: number, rate = SLOW): QuotaDemand => ({
    kind,
    owner,
    records,
    ...rate,
  });
  /** As if so much time had passed. */
  const later = (ms: number): Promise<number> => database.$executeRaw`UPDATE quota_levels SET at_ms = at_ms - ${ms}`;

  /** Rows that are full, and in which nothing comes back for an hour. */
  const full = (...owners: readonly [QuotaDemand['kind'], string, number][]): Promise<unknown> =>
    Promise.all(
      owners.map(
        ([kind, owner, records]) => database.$executeRaw`
          INSERT INTO quota_levels VALUES (${kind}, ${owner}, ${records * 1_000}, (extract(epoch FROM now()) * 1000)::bigint + 3600000)`,
      ),
    );

  it('gives a burst, then what came back, and says when it is enough: then it is', async () => {
    const rate = {burst: 10, refillPerSecond: 4};
    await full(['owner', 'p', 10]);
    expect(await quotas.take([of('owner', 'p', 9, rate)])).toEqual({waitMs: 0, left: [1]});
    expect(await quotas.take([of('owner', 'p', 3, rate)])).toEqual({waitMs: 500, left: [1]});
    await later(3_600_000 + 500);
    expect((await quotas.take([of('owner', 'p', 3, rate)])).waitMs).toBe(0);
    await later(3_600_000);
    expect(await quotas.take([of('owner', 'p', 10, rate)])).toMatchObject({waitMs: 0});
  });

  it('takes all or nothing, and tells what is left of each', async () => {
    const body = [of('device', 'd1', 600), of('device', 'd2', 100), of('owner', 'p', 700)];
    await full(['device', 'd1', 1_000], ['device', 'd2', 1_000], ['owner', 'p', 1_000]);
    expect(await quotas.take(body)).toEqual({waitMs: 0, left: [400, 900, 300]});
    expect(await quotas.take(body)).toEqual({waitMs: 400_000, left: [400, 900, 300]});
    // Of somebody new there is no row yet.
    expect(await quotas.take([of('owner', 'q', 1), of('device', 'd2', 900)])).toMatchObject({
      waitMs: 0,
      left: [999, 0],
    });
  });

  it('gives many processes at once together what one of them would get, and leaves nobody waiting for another', async () => {
    const processes = Array.from({length: 3}, () => openDatabase({databaseUrl}));
    const stores = processes.map((one) => new PrismaQuotaStore(one));
    const devices = Array.from({length: 10}, (_, n) => `d${String(n)}`);
    const taken = new Map<string, number>();
    const count = (key: string, records: number): unknown => taken.set(key, (taken.get(key) ?? 0) + records);
    // The same three names in other orders, from nothing: rows are made and locked by all of them at the same time.
    const bodies = Array.from({length: 150}, (_, n) => {
      const [a, b] = [devices[n % 10] ?? '', devices[(n * 7 + 3) % 10] ?? ''];
      return [of('owner', 'p', 10), ...new Map([a, b].map((device) => [device, of('device', device, 2)])).values()];
    });
    const work = async (store: PrismaQuotaStore): Promise<void> => {
      for (let body = bodies.pop(); body !== undefined; body = bodies.pop()) {
        const {waitMs} = await store.take(bodies.length % 2 === 0 ? body : body.toReversed());
        if (waitMs === 0) for (const {owner, records} of body) count(owner, records);
      }
    };
    await Promise.all([...stores, ...stores, ...stores].map(work));
    const rows = await database.$queryRaw<{owner: string; left: bigint}[]>`
      SELECT owner, thousandths / 1000 AS left FROM quota_levels`;
    const left = new Map(rows.map((row) => [row.owner, Number(row.left)]));
    expect(taken.get('p')).toBeGreaterThanOrEqual(1_000);
    expect(taken.get('p')).toBeLessThanOrEqual(1_000 + 60);
    for (const [owner, records] of taken) {
      // What came back while this ran is a few seconds' worth.
      expect(records + (left.get(owner) ?? 0)).toBeGreaterThanOrEqual(1_000);
      expect(records + (left.get(owner) ?? 0)).toBeLessThanOrEqual(1_000 + 60);
    }
    await Promise.all(processes.map((one) => one.$disconnect()));
  });

  it('forgets who took nothing for a day, page by page, and nobody else', async () => {
    await database.$executeRaw`INSERT INTO quota_levels SELECT 'device', 'd' || n, 1000, 0 FROM generate_series(1, 12000) n`;
    await quotas.take([of('device', 'd7', 1), of('owner', 'p', 1)]);
    for (let round = 0; round < 4; round++) await quotas.prune();
    const rows = await database.$queryRaw<{owner: string}[]>`SELECT owner FROM quota_levels ORDER BY owner`;
    expect(rows.map(({owner}) => owner)).toEqual(['d7', 'p']);
  });

  it('counts what waits of an owner by index and to a bound, and not what is packed with a transaction under way', async () => {
    const records = new PrismaRecordStore(database, () => Date.now());
    const [consumer, hers, others] = [new MadeConsumer(), hexOf(1), hexOf(7)];
    const batchOf = (from: number, count: number, byte: number) =>
      Array.from({length: count}, (_, n) =>
        sampleRecord({sequence: BigInt(from + n), patient: new Uint8Array(20).fill(byte)}),
      );
    await records.accept({records: batchOf(1, 40, 1)}, consumer.advance());
    await storeAll(new PrismaPackClaims(database));
    await records.accept({records: [...batchOf(101, 30, 1), ...batchOf(201, 5, 7)]}, consumer.advance());
    expect(await quotas.waiting([hers, others, hexOf(9)], 1_000)).toEqual([70, 5, 0]);
    expect(await quotas.waiting([hers], 20)).toEqual([40]);
    await database.$executeRaw`UPDATE records SET anchor_tx = 'tx' WHERE state = 2`;
    expect(await quotas.waiting([hers], 1_000)).toEqual([30]);
  });
});
