import {inTransaction} from '../src/adapters/prisma/database.js';
import type {Database, Session} from '../src/adapters/prisma/database.js';
import {packsOf, toAnchor, toPack} from '../src/adapters/prisma/watch-backlog.js';
import {startStorageDatabase} from './support/storage-database.js';
import type {StorageDatabase} from './support/storage-database.js';

/** Of each table that a look asks: what is counted, one of each pack, and no more, whatever waits. */
const MOST_ROWS = 7_000;

describe('what waits in storage', () => {
  let started: StorageDatabase;
  let database: Database;

  beforeAll(async () => {
    started = await startStorageDatabase();
    ({database} = started);
  });

  afterAll(async () => {
    await started.close();
  });

  beforeEach(() => database.$executeRaw`TRUNCATE records, packs CASCADE`);

  /** Records of one owner, acknowledged at `atMs` and each millisecond after it. */
  const come = (owner: string, state: 1 | 2, {count, atMs}: {count: number; atMs: number}): Promise<number> =>
    database.$executeRaw`
      INSERT INTO records (record_id, device, registration, sequence, patient, type_tag, slot, header, ciphertext_hash,
        ciphertext_bytes, inner_key_hash, sealed_key_hash, signature, receipt, accepted_at_ms, state, cid)
      SELECT ${owner} || n, ${owner}, 1, n, ${owner}, '', 1, '', '', 1, '', '', '', '', ${atMs}::bigint + n, ${state}, ''
      FROM generate_series(0, ${count - 1}::int) AS n`;
  const wait = (owner: string, count: number): Promise<number> =>
    database.$executeRaw`
      INSERT INTO waiting_ciphertexts (record_id, patient, turn, ciphertext)
      SELECT ${owner} || n, ${owner}, n, '' FROM generate_series(0, ${count - 1}::int) AS n ORDER BY n`;
  /** Packs that nothing names, or each the records of `owner` from `every` times its number on. */
  const begin = async (
    state: string,
    {count, failures = 0, of, every = 0}: {count: number; failures?: number; of?: string; every?: number},
  ): Promise<void> => {
    await database.$executeRaw`
      INSERT INTO packs (root, state, lease_until, failures)
      SELECT ${state} || ${failures}::int || '/' || n, ${state}, now(), ${failures} FROM generate_series(0, ${count - 1}::int) AS n`;
    await database.$executeRaw`
      UPDATE waiting_ciphertexts SET pack_root = ${state} || ${failures}::int || '/' || turn / ${every}::int
      WHERE patient = ${of ?? ''} AND turn < ${count * every}::int`;
  };

  it('is nothing, and has no oldest', async () => {
    expect(await toPack(database)).toEqual({count: 0, oldestMs: undefined});
    expect(await toAnchor(database)).toEqual({count: 0, oldestMs: undefined});
    expect(await packsOf(database)).toEqual({making: 0, failing: 0, dropping: 0});
  });

  it('is as old as the oldest of what is free, and of what is in a pack', async () => {
    await come('a', 1, {count: 3, atMs: 7_000});
    await wait('a', 3);
    expect(await toPack(database)).toEqual({count: 3, oldestMs: 7_000});
    await come('b', 1, {count: 2, atMs: 5_000});
    await wait('b', 2);
    await begin('making', {count: 1, failures: 2, of: 'b', every: 2});
    expect(await toPack(database)).toEqual({count: 5, oldestMs: 5_000});
    await come('c', 2, {count: 4, atMs: 9_000});
    expect(await toAnchor(database)).toEqual({count: 4, oldestMs: 9_000});
    await database.$executeRaw`UPDATE records SET anchor_tx = 'x' WHERE record_id = 'c0'`;
    expect(await toAnchor(database)).toEqual({count: 3, oldestMs: 9_001});
  });

  it('packs that are to be unpinned, how many they are, hide none that fails', async () => {
    await begin('dropping', {count: 6_000});
    await begin('making', {count: 2});
    await begin('making', {count: 3, failures: 1});
    expect(await packsOf(database)).toEqual({making: 2, failing: 3, dropping: 5_000});
  });

  it('costs the same when it is very much', async () => {
    await come('a', 1, {count: 20_000, atMs: 7_000});
    await wait('a', 20_000);
    await begin('making', {count: 500, of: 'a', every: 20});
    await come('b', 2, {count: 10_000, atMs: 1_000});
    await begin('dropping', {count: 10_000});
    // As PostgreSQL does by itself.
    await database.$executeRaw`ANALYZE`;
    for (const [look, found] of [
      [toPack, {count: 5_000, oldestMs: 7_000}],
      [toAnchor, {count: 5_000}],
      [packsOf, {making: 500, failing: 0, dropping: 5_000}],
    ] as const)
      await inTransaction(database, async (session) => {
        const before = await rowsRead(session);
        expect(await look(session)).toMatchObject(found);
        for (const [name, rows] of await rowsRead(session)) {
          const read = rows - (before.get(name) ?? 0);
          expect([name, read, read <= MOST_ROWS]).toEqual([name, read, true]);
        }
      });
  });
});

/** Rows that this connection read of each table, and has not told yet: it does so between transactions. */
async function rowsRead(session: Session): Promise<ReadonlyMap<string, number>> {
  const read = await session.$queryRaw<{name: string; rows: bigint}[]>`
    SELECT relname AS name, seq_tup_read + coalesce(idx_tup_fetch, 0) AS rows FROM pg_stat_xact_user_tables`;
  return new Map(read.map(({name, rows}) => [name, Number(rows)]));
}
