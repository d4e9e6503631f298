import {
  MigrationError,
  NonceStore,
  OffsetStore,
  OutboxStore,
  pendingMigrations,
  runMigrations,
} from '@vitalvault/postgres';
import {PositionMoved} from '@vitalvault/process';
import type {Advance} from '@vitalvault/process';
import {madeStep} from '@vitalvault/process/testing';
import {startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {cp, mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {basename, join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import pg from 'pg';
import {openDatabase} from '../src/adapters/prisma/database.js';
import type {Database} from '../src/adapters/prisma/database.js';
import {PrismaAnchorStore} from '../src/adapters/prisma/prisma-anchor-store.js';
import {PrismaLedgerStore} from '../src/adapters/prisma/prisma-ledger-store.js';
import {PrismaPackClaims} from '../src/adapters/prisma/prisma-pack-claims.js';
import {PrismaRecordStore} from '../src/adapters/prisma/prisma-record-store.js';
import {PrismaReaderKeys} from '../src/adapters/prisma/prisma-reader-keys.js';
import {PrismaReleaseStore} from '../src/adapters/prisma/prisma-release-store.js';
import {PrismaUnnamedRoots} from '../src/adapters/prisma/prisma-unnamed-roots.js';
import {sampleRecord} from './support/sample-records.js';
import {storeAll} from './support/store-all.js';
import {storesContract} from './contracts/stores.contract.js';
import {KEY, nothing} from './contracts/stores-fixture.js';
import {ledgerOptions} from './support/ledger-options.js';
import type {Follower, SignedAnchor} from '../src/application/ports.js';

const MIGRATIONS = join(import.meta.dirname, '..', 'prisma', 'migrations');
const TABLES = [
  'records',
  'waiting_ciphertexts',
  'sealed_keys',
  'record_conflicts',
  'early_leaves',
  'packs',
  'anchors',
  'skips',
  'signing_nonces',
  'registrations',
  'entry_buckets',
  'waiting_owners',
  'wakes',
  'access_requests',
  'devices',
  'reader_keys',
  'consumer_offsets',
  'position_decisions',
  'outbox',
  'request_nonces',
];
const now = (): number => 1_000;

describe('storage in a real PostgreSQL', () => {
  let engines: Engines;
  let url: string;
  let database: Database;

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    url = engines.databaseUrl('vv_storage');
    await runMigrations({databaseUrl: url, dir: MIGRATIONS});
    database = openDatabase({databaseUrl: url});
  });

  afterAll(async () => {
    await database.$disconnect();
    await engines.stop();
  });

  it('knows a reader by her current key, and one that was replaced no more', async () => {
    await empty();
    const ledger = new PrismaLedgerStore(database, ledgerOptions(now, [KEY]));
    const goesOn = {mustGoOn: () => undefined} as unknown as Follower;
    const keys = new PrismaReaderKeys(database, goesOn);
    const reader = (keyId: string, identity = 'anna') => ({
      keyId,
      publicKey: Uint8Array.of(keyId.length),
      identity,
      kind: 'patient' as const,
    });
    const whose = async (...ids: string[]): Promise<(string | undefined)[]> =>
      Promise.all(ids.map(async (id) => (await keys.resolve(id))?.identity));
    await ledger.apply({
      at: {height: 1n, blockTime: 1n},
      facts: {...nothing, readers: [reader('anna'), reader('bob', 'bob')]},
    });
    expect(await whose('anna', 'bob')).toEqual(['anna', 'bob']);
    await ledger.apply({at: {height: 2n, blockTime: 2n}, facts: {...nothing, readers: [reader('anna2')]}});
    expect(await whose('anna', 'anna2', 'bob')).toEqual([undefined, 'anna', 'bob']);
    await ledger.apply({
      at: {height: 3n, blockTime: 3n},
      facts: {...nothing, readers: [reader('anna3'), reader('anna4')]},
    });
    expect(await whose('anna', 'anna2', 'anna3', 'anna4', 'bob')).toEqual([
      undefined,
      undefined,
      undefined,
      'anna',
      'bob',
    ]);
    expect(await keys.resolve('anna4')).toMatchObject({keyId: 'anna4', kind: 'patient'});
  });

  const empty = async (): Promise<void> => {
    await database.$executeRawUnsafe(`TRUNCATE ${TABLES.join(', ')} CASCADE`);
    await database.$executeRaw`UPDATE ledger_cursor SET height = 0, block_time = 0, hash = NULL`;
  };

  storesContract('Prisma', async () => {
    await empty();
    return {
      records: new PrismaRecordStore(database, now),
      claims: new PrismaPackClaims(database),
      roots: new PrismaUnnamedRoots(database),
      packs: async () => new Map((await database.pack.findMany()).map(({root, state}) => [root, state])),
      anchors: new PrismaAnchorStore(database),
      ledger: new PrismaLedgerStore(database, ledgerOptions(now, [KEY])),
      releases: new PrismaReleaseStore(database),
      alertIds: async () =>
        (await database.outboxMessage.findMany({where: {topic: 'vv.alerts.v1'}})).map(({messageId}) => messageId),
    };
  });

  it('stores the position with the effect, and neither where another one is stored than the one it continues', async () => {
    await empty();
    const [records, offsets] = [new PrismaRecordStore(database, now), new OffsetStore(database)];
    const step = (from: bigint | undefined, to: bigint): Advance => madeStep(from, to, {partition: 3});
    const take = (advance: Advance): Promise<unknown> => records.accept({records: [sampleRecord()]}, advance);
    await expect(take(step(3n, 9n))).rejects.toThrow(PositionMoved);
    expect([await database.record.count(), await offsets.load('t', 3)]).toEqual([0, undefined]);
    await take(step(undefined, 9n));
    for (const other of [step(undefined, 10n), step(8n, 10n), step(10n, 11n)])
      await expect(records.accept({records: [sampleRecord({sequence: 2n})]}, other)).rejects.toThrow(PositionMoved);
    const {from, ...moved} = step(9n, 10n);
    for (const against of [{cluster: 'another'}, {last: 'another'}, {last: undefined}])
      await expect(take({...moved, from: {...(from ?? moved.to), ...against}})).rejects.toThrow(PositionMoved);
    expect([await database.record.count(), await offsets.load('t', 3)]).toEqual([1, step(undefined, 9n).to]);
    await take(step(9n, 10n));
    expect([(await offsets.load('t', 3))?.next, await offsets.load('t', 4)]).toEqual([10n, undefined]);
  });

  it('lets a person begin elsewhere only where a partition stands, and writes down what is given up', async () => {
    await empty();
    const [records, offsets] = [new PrismaRecordStore(database, now), new OffsetStore(database)];
    const advance = madeStep(undefined, 9n);
    await records.accept({records: []}, advance);
    const decided = {...advance, from: advance.to, to: {next: 2n, cluster: 'new', last: undefined}};
    expect(await offsets.decide(decided, 'somebody')).toBe(false);
    await offsets.note('t', 0, 'another Kafka');
    expect(await offsets.decide({...decided, from: {...advance.to, next: 8n}}, 'somebody')).toBe(false);
    expect((await offsets.all()).map(({stands}) => stands)).toEqual(['another Kafka']);
    expect(await offsets.decide(decided, 'somebody')).toBe(true);
    expect(await offsets.all()).toEqual([{topic: 't', partition: 0, position: decided.to, stands: undefined}]);
    expect(await database.positionDecision.findMany()).toMatchObject([
      {
        ...{decidedBy: 'somebody', topic: 't', partition: 0, stands: 'another Kafka', beginsOffset: 2n},
        ...{givenUpOffset: 9n, givenUpCluster: 'made', givenUpHash: 'hash 9', beginsCluster: 'new'},
      },
    ]);
    await records.accept({records: []}, {...decided, from: decided.to, to: {next: 3n, cluster: 'new', last: 'x'}});
  });

  it('two processes that accept the same records at once take each once', async () => {
    await empty();
    const batch = Array.from({length: 40}, (_, index) => sampleRecord({sequence: BigInt(index + 1)}));
    const outcomes = await Promise.all(
      [0, 1].map((partition) =>
        new PrismaRecordStore(database, now).accept({records: batch}, madeStep(undefined, 1n, {partition})),
      ),
    );
    expect(outcomes.reduce((sum, {fresh}) => sum + fresh, 0)).toBe(40);
    expect(outcomes.reduce((sum, {conflicts}) => sum + conflicts, 0)).toBe(0);
    expect(await database.waitingCiphertext.count()).toBe(40);
  });

  it('forgets the ciphertext and keeps the sealed key apart, once the pack is pinned', async () => {
    await empty();
    const record = sampleRecord();
    const records = new PrismaRecordStore(database, now);
    await records.accept({records: [record]}, madeStep(undefined, 1n));
    await storeAll(new PrismaPackClaims(database));
    expect([await database.waitingCiphertext.count(), await database.sealedKey.count()]).toEqual([0, 1]);
  });

  it('sends an alert once', async () => {
    await empty();
    const {patient} = sampleRecord();
    const alert = {patient, messageId: 'a1', value: Uint8Array.of(1), traceparent: undefined};
    await new PrismaRecordStore(database, now).alert([alert]);
    const outbox = new OutboxStore(database);
    const [message] = await outbox.take(10);
    expect(message).toMatchObject({topic: 'vv.alerts.v1', messageId: 'a1'});
    expect(message?.contentType).toBe('application/vnd.vitalvault.alert.v1+protobuf');
    await outbox.sent([message?.id ?? 0n]);
    expect(await outbox.take(10)).toEqual([]);
  });

  const signAs =
    (txId: string) =>
    (nonce: bigint): SignedAnchor => ({
      txId,
      txHash: '',
      tx: new Uint8Array(),
      expiresAtHeight: nonce,
      expiresAtTime: 1n,
      traceparent: undefined,
    });

  it('two processes never sign under one nonce', async () => {
    await empty();
    const anchors = new PrismaAnchorStore(database);
    await Promise.all(Array.from({length: 8}, (_, index) => anchors.sign('key', [], signAs(`t${String(index)}`))));
    expect((await anchors.open()).map(({expiresAtHeight}) => expiresAtHeight)).toEqual([
      1n,
      2n,
      3n,
      4n,
      5n,
      6n,
      7n,
      8n,
    ]);
  });

  it.each([
    ['that has signed before', 1],
    ['that has never signed', 0],
  ])('a process that starts does not give out again what another is just signing, for a key %s', async (_, before) => {
    await empty();
    const [other, starting] = [new PrismaAnchorStore(database), new PrismaAnchorStore(database)];
    const record = sampleRecord();
    const records = new PrismaRecordStore(database, now);
    await records.accept({records: [record]}, madeStep(undefined, 1n));
    await storeAll(new PrismaPackClaims(database));
    if (before > 0) await other.sign('key', [], signAs('before'));
    const holder = new pg.Client({connectionString: url});
    await holder.connect();
    // The other has its nonce, and waits with it for the record.
    await holder.query('BEGIN; SELECT 1 FROM records FOR UPDATE');
    const entries = [{kind: 'record' as const, entryId: record.recordId, content: {} as never, traceparent: undefined}];
    const signing = other.sign('key', entries, signAs('other'));
    await waiting(holder, 1);
    const aligning = starting.alignNonces('key', 0n);
    await waiting(holder, 2);
    await holder.query('COMMIT');
    await holder.end();
    await Promise.all([signing, aligning]);
    await starting.sign('key', [], signAs('next'));
    expect((await other.open()).map(({expiresAtHeight}) => Number(expiresAtHeight))).toEqual(
      Array.from({length: before + 2}, (_entry, index) => index + 1),
    );
  });

  /** Until so many sessions wait for a lock. */
  async function waiting(client: pg.Client, sessions: number): Promise<void> {
    const count = `SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted`;
    while ((await client.query<{n: number}>(count)).rows[0]?.n !== sessions) await setTimeout(20);
  }

  it('remembers nonces of requests over restarts', async () => {
    const [one, other] = [new NonceStore(database), new NonceStore(database)];
    expect([
      await one.remember('k', 'n', 100),
      await other.remember('k', 'n', 100),
      await other.remember('l', 'n', 100),
    ]).toEqual([true, false, true]);
    await one.prune(new Date(100_000), 1_000);
    expect(await one.remember('k', 'n', 100)).toBe(false);
    await one.prune(new Date(101_000), 1_000);
    expect(await one.remember('k', 'n', 100)).toBe(true);
  });

  it('a database that is away is an error of the catalogue', async () => {
    const away = openDatabase({databaseUrl: 'postgres://vitalvault@127.0.0.1:1/vv_storage'});
    await expect(new PrismaRecordStore(away, now).byId('x')).rejects.toMatchObject({
      code: 'database-unavailable',
      retryable: true,
    });
    await away.$disconnect();
  });

  describe('migrations', () => {
    let dir: string;
    const target = (): string => engines.databaseUrl('vv_migrations_spec');
    const query = async (text: string): Promise<pg.QueryResult> => {
      const client = new pg.Client({connectionString: target()});
      await client.connect();
      return client.query(text).finally(() => client.end());
    };

    beforeEach(async () => {
      const admin = new pg.Client({connectionString: engines.endpoints.postgres});
      await admin.connect();
      await admin.query('DROP DATABASE IF EXISTS vv_migrations_spec');
      await admin.query('CREATE DATABASE vv_migrations_spec');
      await admin.end();
      dir = await mkdtemp(join(tmpdir(), 'vv-migrations-'));
      await cp(MIGRATIONS, dir, {recursive: true});
    });

    afterEach(() => rm(dir, {recursive: true}));

    it('are applied once, also by processes that start together', async () => {
      const applied = await Promise.all([1, 2, 3].map(() => runMigrations({databaseUrl: target(), dir})));
      expect(applied.flat().sort()).toEqual([
        '0000_service.sql',
        '0001_records.sql',
        '0002_ledger.sql',
        '0003_skips.sql',
        '0004_waiting_owners.sql',
        '0005_quotas.sql',
      ]);
      expect(await runMigrations({databaseUrl: target(), dir})).toEqual([]);
    });

    it('refuse a file that was applied and changed, one that is missing, one that comes late', async () => {
      await runMigrations({databaseUrl: target(), dir});
      await writeFile(join(dir, '0001_more.sql'), '-- runs-from: 0001_more.sql\nSELECT 1');
      await expect(runMigrations({databaseUrl: target(), dir})).rejects.toThrow(MigrationError);
      await rm(join(dir, '0001_more.sql'));
      await rm(join(dir, '0003_skips.sql'));
      await expect(runMigrations({databaseUrl: target(), dir})).rejects.toThrow(
        '0003_skips.sql was applied and is not here',
      );
      await cp(MIGRATIONS, dir, {recursive: true});
      await writeFile(join(dir, '0001_records.sql'), '-- runs-from: 0001_records.sql\nSELECT 1');
      await expect(runMigrations({databaseUrl: target(), dir})).rejects.toThrow(/changed/);
    });

    it('run a program that is one version older, and refuse one that is two, until the newer one is back', async () => {
      const older = async (newest: string): Promise<string> => {
        const place = await mkdtemp(join(tmpdir(), 'vv-migrations-'));
        await cp(dir, place, {recursive: true, filter: (file) => !file.endsWith('.sql') || basename(file) <= newest});
        return place;
      };
      const [first, second] = ['0006_first.sql', '0007_second.sql'];
      await writeFile(join(dir, first), `-- runs-from: 0005_quotas.sql\nCREATE TABLE added (id int)`);
      await writeFile(join(dir, second), `-- runs-from: ${first}\nALTER TABLE added ADD COLUMN more int`);
      await runMigrations({databaseUrl: target(), dir});
      const [oneBack, twoBack] = [await older(first), await older('0005_quotas.sql')];
      try {
        expect(await pendingMigrations({databaseUrl: target(), dir: oneBack})).toEqual([]);
        expect(await runMigrations({databaseUrl: target(), dir: oneBack})).toEqual([]);
        const refusal =
          /too new for this program, whose last migration is 0005_quotas\.sql: 0007_second\.sql was applied, and needs one that knows 0006_first\.sql/;
        await expect(pendingMigrations({databaseUrl: target(), dir: twoBack})).rejects.toThrow(refusal);
        await expect(runMigrations({databaseUrl: target(), dir: twoBack})).rejects.toThrow(refusal);
        expect(await runMigrations({databaseUrl: target(), dir})).toEqual([]);
      } finally {
        for (const place of [oneBack, twoBack]) await rm(place, {recursive: true});
      }
    });

    it.each(['SELECT 1', '-- runs-from: 0009_later.sql\nSELECT 1', '-- runs-from: soon\nSELECT 1'])(
      'refuse a file that does not say from which program on its schema is used: %p',
      async (sql) => {
        await writeFile(join(dir, '0006_mute.sql'), sql);
        await expect(runMigrations({databaseUrl: target(), dir})).rejects.toThrow(
          '0006_mute.sql does not say from which program on its schema is used',
        );
      },
    );

    it('a file that fails leaves nothing of itself, and those before it', async () => {
      await writeFile(
        join(dir, '0004_bad.sql'),
        '-- runs-from: 0004_bad.sql\nCREATE TABLE half (id int); SELECT nonsense',
      );
      await expect(runMigrations({databaseUrl: target(), dir})).rejects.toThrow('0004_bad.sql failed');
      expect((await query("SELECT to_regclass('half') AS half, to_regclass('records') AS records")).rows).toEqual([
        {half: null, records: 'records'},
      ]);
    });
  });
});
