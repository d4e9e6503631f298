import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {DeadLetterStore, NonceStore, OutboxStore} from '@vitalvault/postgres';
import type {ShortLived} from '@vitalvault/postgres';
import {MadeConsumer} from '@vitalvault/process/testing';
import {fillTables, readsOf} from '@vitalvault/testkit';
import pg from 'pg';
import {openDatabase} from '../src/adapters/prisma/database.js';
import type {Database} from '../src/adapters/prisma/database.js';
import {PrismaAnchorStore} from '../src/adapters/prisma/prisma-anchor-store.js';
import {PrismaLedgerStore} from '../src/adapters/prisma/prisma-ledger-store.js';
import {PrismaPackClaims} from '../src/adapters/prisma/prisma-pack-claims.js';
import {PrismaQuotaStore} from '../src/adapters/prisma/prisma-quota-store.js';
import {PrismaReaderKeys} from '../src/adapters/prisma/prisma-reader-keys.js';
import {PrismaRecordStore} from '../src/adapters/prisma/prisma-record-store.js';
import {PrismaReleaseStore} from '../src/adapters/prisma/prisma-release-store.js';
import {PrismaPinnedRoots} from '../src/adapters/prisma/prisma-pinned-roots.js';
import {PrismaUnnamedRoots} from '../src/adapters/prisma/prisma-unnamed-roots.js';
import {shortLivedRows} from '../src/adapters/prisma/short-lived-rows.js';
import type {Follower, SignedAnchor} from '../src/application/ports.js';
import type {BlockFacts} from '../src/domain/block-facts.js';
import {nothing} from './contracts/stores-fixture.js';
import {ledgerOptions} from './support/ledger-options.js';
import {hexOf, sampleRecord, sampleSkip} from './support/sample-records.js';
import {startStorageDatabase} from './support/storage-database.js';
import type {StorageDatabase} from './support/storage-database.js';

const MILLION = 1_000_000;
/** Records of each patient, by one device of hers: the last is not packed, the one before is not anchored. */
const HERS = 50;
/** Blocks so far; transactions of ours expire from here on. */
const [HEIGHT, ANCHORS, OPEN] = [MILLION, 100_000, 4];
/** Most of them no record names. */
const PACKS = 300_000;
/** Pages of 8 KiB that a question may read, whatever the tables hold: a batch of hundreds takes some for each row. */
const MOST_PAGES = 30_000;

/** Hexadecimal that PostgreSQL makes of a number, and the same here. */
const hex = (expression: string, bytes: number): string => `lpad(to_hex(${expression}), ${String(2 * bytes)}, '0')`;
const hexAt = (n: number, bytes: number): string => n.toString(16).padStart(2 * bytes, '0');
const series = (select: string, rows = MILLION): string =>
  `SELECT ${select} FROM generate_series(0, ${String(rows - 1)}) AS n`;
const patient = hex(`n / ${String(HERS)}`, 20);
const place = `n % ${String(HERS)}`;
const number = `${patient}, 1, ${place} + 1`;
/** In the last transactions are eight entries of as many patients each. */
const [waits, carried] = [`${place} = ${String(HERS - 2)}`, `n < ${String(OPEN * 8 * HERS)}`];
const state = `CASE ${place} WHEN ${String(HERS - 1)} THEN 1 WHEN ${String(HERS - 2)} THEN 2 ELSE 3 END`;

/** Tables that grow with what people do, and what fills them. */
const FILLS: Readonly<Record<string, string>> = {
  packs: `(root, id, state, lease_until) ${series(`'root' || ${hex('n', 4)}, decode(${hex('n', 16)}, 'hex'), 'pinned', now()`, PACKS)}`,
  records: `(record_id, device, registration, sequence, patient, type_tag, slot, header, ciphertext_hash, ciphertext_bytes,
      inner_key_hash, sealed_key_hash, signature, receipt, accepted_at_ms, cid, state, pack_root, log_index, anchor_tx)
    ${series(`${hex('n', 32)}, ${number}, ${patient}, ${hex('n % 4', 16)}, ${place}, '\\x00', '\\x00', 256,
      '\\x00', '\\x00', '\\x00', '\\x00', 0, 'cid', ${state}, CASE WHEN ${state} > 1 THEN 'root' || ${hex('n / 50', 4)} END,
      CASE WHEN ${state} = 3 THEN ${place} END, CASE WHEN ${waits} AND ${carried} THEN 'open' || n % ${String(OPEN)} END`)}`,
  waiting_ciphertexts: `(record_id, patient, turn, ciphertext)
    ${series(`${hex(`n * ${String(HERS)} + ${String(HERS - 1)}`, 32)}, ${hex('n', 20)}, 1, '\\x00'`, MILLION / HERS)}`,
  sealed_keys: series(`${hex('n', 32)}, '\\x00'::bytea`),
  skips: `(skip_id, patient, device, registration, sequence, skip, signature, state)
    ${series(`${hex('n', 32)}, ${patient}, ${patient}, 2, ${place} + 1, '\\x00', '\\x00', CASE WHEN ${waits} THEN 2 ELSE 5 END`)}`,
  waiting_owners: `(patient, woken, rests, look_at_ms, held) ${series(`${hex('n', 20)}, n, n % 2, n, 0`, MILLION / HERS)}`,
  registrations: series(`${hex('n', 20)}, 1, ${String(HERS - 1)}, '\\x00'::bytea`),
  entry_buckets: series(`'device', ${hex('n', 20)}, 1000, 1`),
  anchors: `(tx_id, tx_hash, tx, key_id, nonce, expires_at_height, expires_at_time, state, entries)
    ${series(
      `CASE WHEN n < ${String(OPEN)} THEN 'open' || n ELSE 'tx' || n END, 'hash', '\\x00', 'key', n + 1,
      ${String(HEIGHT + 1)} + n, ${String(2 * HEIGHT)} + n, CASE WHEN n < ${String(OPEN)} THEN 'open' ELSE 'included' END,
      ARRAY[${hex('n', 32)}]`,
      ANCHORS,
    )}`,
  access_requests: series(
    `${hex('n', 32)}, ${String(HEIGHT)} - n / 1000, ${hex('n', 20)}, ${patient}, ${hex('0', 16)}, 0, 100, true, 50, ${String(2 * HEIGHT)}, ${String(2 * HEIGHT)}`,
  ),
  reader_keys: series(`${hex('n', 20)}, '\\x00'::bytea, ${hex('n / 2', 20)}, 'patient', n % 2 = 1`),
  devices: series(`${hex('n', 20)}, '\\x00'::bytea`),
  quota_levels: series(`'owner', ${hex('n', 20)}, 1000, 4000000000000`),
  record_conflicts: series(`${hex('n', 32)}, ${number}, '\\x00'::bytea, now()`),
  early_leaves: series(`${hex(`n + ${String(MILLION)}`, 32)}, 1, 'tx', n`),
  request_nonces: series(`${hex('n', 20)}, 'nonce', 4000000000 + n`),
  dead_letters: `(reason, topic, partition, message_offset, cluster_id, message_hash, bytes, resolved_at, resolved_by, resolution)
    ${series(`'reason', 'topic', 0, n, 'cluster', 'hash', 1, now(), 'anna', 'sent'`)}`,
};
/** What a look at who waits may read all of: a row for each patient of whom something waits. */
const OF_THE_WAITING = new Set(['waiting_owners', 'wakes']);

/** What storage asks of its tables when they are large: by index, so that the answer does not grow with them. */
describe('with a million records and as many rows in what else grows', () => {
  let started: StorageDatabase;
  let url: string;

  beforeAll(async () => {
    started = await startStorageDatabase();
    url = started.databaseUrl;
    await query(async (client) => {
      await fillTables(client, FILLS);
      await client.query(`UPDATE ledger_cursor SET height = ${String(HEIGHT)}, block_time = 1`);
      await client.query('VACUUM ANALYZE');
    });
  }, 600_000);

  afterAll(() => started.close());

  async function query<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const client = new pg.Client({connectionString: url});
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }

  /** Tables that were read from end to end, and pages that were read of all. */
  async function cost(ask: (database: Database) => Promise<unknown>): Promise<{whole: string[]; pages: number}> {
    const reads = await readsOf(url, async () => {
      const database = openDatabase({databaseUrl: url});
      try {
        await ask(database);
      } finally {
        await database.$disconnect();
      }
    });
    return {
      whole: [...reads].flatMap(([name, {scans}]) =>
        scans > 0 && name in FILLS && !OF_THE_WAITING.has(name) ? [name] : [],
      ),
      pages: [...reads.values()].reduce((sum, {pages}) => sum + pages, 0),
    };
  }

  const someone = {patient: hexAt(777, 20), recordId: hexAt(777 * HERS, 32)};
  const limits = {records: 250, bytes: 4 * 1_048_576};
  const lease = {owner: 'spec', ms: 60_000};
  const lane = {patient: someone.patient, device: someone.patient, registration: 1, below: 100n};
  const consumer = new MadeConsumer();
  const records = (database: Database) => new PrismaRecordStore(database, () => 1);
  const signed = (nonce: bigint): SignedAnchor => ({
    ...{txId: `signed ${String(nonce)}`, txHash: 'hash', tx: Uint8Array.of(1), traceparent: undefined},
    ...{expiresAtHeight: BigInt(HEIGHT + 200), expiresAtTime: BigInt(2 * HEIGHT)},
  });
  const block = (database: Database, above: bigint, facts: Partial<BlockFacts>) =>
    new PrismaLedgerStore(
      database,
      ledgerOptions(() => 1, ['key']),
    ).apply({at: {height: BigInt(HEIGHT) + above, blockTime: 1n + above}, facts: {...nothing, ...facts}});
  const request = {
    ...{txId: hexAt(5, 32), signerKeyId: hexAt(5, 20), patient: someone.patient, typeTag: '0'.repeat(32)},
    ...{slotFrom: 0, slotTo: 100, permit: true, recordLogSize: 50n, releaseUntilHeight: 1n, releaseUntilTime: 1n},
  };

  it.each<[string, (database: Database) => Promise<unknown>]>([
    [
      'a batch of records and skips',
      async (database) =>
        records(database).accept(
          {
            records: Array.from({length: 250}, (_, n) => sampleRecord({sequence: BigInt(n + 1)})),
            skips: Array.from({length: 50}, (_, n) => sampleSkip({sequence: BigInt(n + 1_000)})),
          },
          consumer.advance(),
        ),
    ],
    [
      'another record under a taken number',
      (database) =>
        records(database).accept({records: [sampleRecord({sequence: 1n, text: 'another'})]}, consumer.advance()),
    ],
    [
      'what numbers are',
      (database) =>
        records(database).byNumbers(
          Array.from({length: 256}, (_, n) => ({device: hexAt(n * 70, 20), registration: 1, sequence: 3n})),
        ),
    ],
    [
      'what a record is, and one that is none',
      async (database) => {
        await records(database).byId(someone.recordId);
        await records(database).byId('ff'.repeat(32));
      },
    ],
    [
      'a pack, from its claim to its pin',
      async (database) => {
        const claims = new PrismaPackClaims(database);
        const pack = await claims.claim(lease, limits, () => 'new root');
        expect(pack?.records).toHaveLength(250);
        await claims.renew('new root', lease);
        await claims.putBack('new root', lease.owner, -1);
        await claims.takeUp(lease, () => 'new root');
        await claims.stored({root: 'new root', replicas: 2});
        await claims.letGo(lease.owner);
      },
    ],
    [
      'packs that nothing names, and those that are pinned',
      async (database) => {
        const roots = new PrismaUnnamedRoots(database);
        expect(await roots.find('root', 1_000)).toEqual({last: `root${hexAt(999, 4)}`, found: 0});
        const named = MILLION / 50;
        expect(await roots.find(`root${hexAt(named, 4)}`, 1_000)).toEqual({
          last: `root${hexAt(named + 1_000, 4)}`,
          found: 1_000,
        });
        const pinned = new PrismaPinnedRoots(database);
        const [first, dropped] = [`root${hexAt(0, 4)}`, `root${hexAt(named + 1, 4)}`];
        expect(await pinned.nextPinned('root')).toEqual({root: first, after: first});
        expect(await pinned.nextPinned(`root${hexAt(named, 4)}`)).toEqual({
          root: undefined,
          after: `root${hexAt(named + 100, 4)}`,
        });
        expect(await pinned.pinnedOf([first, dropped, 'nothing'])).toEqual([first]);
        await roots.keepUntil('a block', lease);
        await roots.takeOut(lease);
        await roots.forget('a block', lease.owner);
      },
    ],
    [
      'whose turn it is to be anchored, and with what',
      async (database) => {
        const anchors = new PrismaAnchorStore(database);
        const owners = await anchors.awake(hexAt(1_000, 20), 25);
        expect(owners).toHaveLength(25);
        await anchors.rested(MILLION, 25);
        await anchors.looked(
          owners.map(({patient: whose, woken}) => ({patient: whose, woken, rests: 1, lookAtMs: 1, held: 0, looks: 1})),
        );
        await anchors.held();
        await anchors.wakeLost('', 250);
        await anchors.load((await anchors.entriesOf([lane], {nowMs: 1, slot: 1_000, most: 100})).flat());
      },
    ],
    [
      'a transaction, from its number to its failure',
      async (database) => {
        const anchors = new PrismaAnchorStore(database);
        await anchors.alignNonces('key', 1n);
        await anchors.ownBucket();
        const [first] = await anchors.awake(hexAt(2_000, 20), 1);
        const due = await anchors.entriesOf([{...lane, ...first?.lanes[0]}], {nowMs: 1, slot: 1_000, most: 100});
        const {txId} = await anchors.sign('key', await anchors.load(due.flat()), signed);
        expect((await anchors.open()).length).toBe(OPEN + 1);
        await anchors.waitingSinceMs('key');
        await anchors.fail(txId, 1);
      },
    ],
    [
      'a block with what it anchored, refused and told',
      async (database) => {
        const results = Array.from({length: 1}, () => ({code: 0, index: 3n}));
        const effect = await block(database, 1n, {
          anchors: [{txId: 'open0', signerKeyId: 'key', entryIds: [], code: 0, results}],
          requests: [{...request, txId: 'new'}],
          devices: [{device: hexOf(7), publicKey: Uint8Array.of(1)}],
          readers: [{keyId: hexOf(8), publicKey: Uint8Array.of(1), identity: hexAt(9, 20), kind: 'patient'}],
          taken: [{patient: someone.patient, device: someone.patient, registration: 1, sequence: 49n}],
          removals: [{device: someone.patient, registration: 1}],
        });
        expect(effect.anchors).toHaveLength(1);
      },
    ],
    [
      'a block behind a copy, and one that ends a transaction',
      async (database) => {
        const results = [{code: 0, index: 3n}];
        const entryIds = [someone.recordId];
        await block(database, 2n, {anchors: [{txId: 'unknown', signerKeyId: 'key', entryIds, code: 0, results}]});
      },
    ],
    [
      'a release',
      async (database) => {
        const releases = new PrismaReleaseStore(database);
        await releases.request(request.txId);
        expect(await releases.releasable(request, {slot: 0, logIndex: 0n}, 21)).toHaveLength(21);
      },
    ],
    [
      'whose key signs, once',
      async (database) => {
        const goesOn = {mustGoOn: () => undefined} as unknown as Follower;
        expect(await new PrismaReaderKeys(database, goesOn).resolve(hexAt(7, 20))).toBeDefined();
        await new NonceStore(database).remember('key', 'nonce', 1);
      },
    ],
    [
      'what owners may still send',
      async (database) => {
        const [quotas, quota] = [new PrismaQuotaStore(database), {burst: 1_024, refillPerSecond: 64}];
        const owners = Array.from({length: 250}, (_, n) => hexAt(n * 70, 20));
        await quotas.take(owners.map((owner) => ({kind: 'owner', owner, records: 1, ...quota})));
        expect(await quotas.waiting(owners, 4_096)).toHaveLength(250);
        await quotas.prune();
      },
    ],
    [
      'messages that wait for a person, and for Kafka',
      async (database) => {
        const letters = new DeadLetterStore(database);
        await letters.waiting();
        await letters.list('unresolved');
        await letters.list('all');
        await letters.ofRecord(someone.recordId);
        await new OutboxStore(database).take(100);
      },
    ],
    [
      'the sweeps, when nothing is old enough',
      async (database) => {
        for (const rows of sweeps(database)) expect(await rows.prune(new Date(1_000), 1_000)).toBe(0);
      },
    ],
  ])('%s reads no table from end to end', async (_what, ask) => {
    const {whole, pages} = await cost(ask);
    expect(whole).toEqual([]);
    expect(pages).toBeLessThan(MOST_PAGES);
    expect(pages).toBeGreaterThan(0);
  });

  const sweeps = (database: Database): ShortLived[] => [new NonceStore(database), ...shortLivedRows(database)];

  it('sweeps a thousand of each at a time, oldest first, by index, and never what may still count', async () => {
    await query((client) => client.query(`UPDATE ledger_cursor SET height = ${String(3 * HEIGHT)}`));
    const years = new Date(Date.now() + 200 * 365 * 86_400_000);
    const {whole, pages} = await cost(async (database) => {
      for (const rows of sweeps(database)) expect(await rows.prune(years, 1_000)).toBe(1_000);
    });
    expect(whole).toEqual([]);
    expect(pages).toBeLessThan(MOST_PAGES * 2);
    const {rows} = await query((client) =>
      client.query("SELECT count(*)::int AS open FROM anchors WHERE state = 'open'"),
    );
    // One was included, one has expired with the last block.
    expect(rows).toEqual([{open: OPEN - 2}]);
  });

  it('says how many bytes a row of each has, for docs/operations/capacity.md', async () => {
    const {rows} = await query((client) =>
      client.query<{name: string; bytes: number}>(
        `SELECT relname AS name, round(pg_total_relation_size(relid) / GREATEST(n_live_tup, 1))::int AS bytes
         FROM pg_stat_user_tables WHERE relname = ANY($1) ORDER BY relname`,
        [Object.keys(FILLS)],
      ),
    );
    // eslint-disable-next-line no-console -- figures for the page
    console.log(JSON.stringify(Object.fromEntries(rows.map(({name, bytes}) => [name, bytes]))));
    expect(rows).toHaveLength(Object.keys(FILLS).length);
  });
});
