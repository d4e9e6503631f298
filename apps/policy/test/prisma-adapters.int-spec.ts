import {afterAll, beforeAll, beforeEach, describe, expect, it} from '@jest/globals';
import {NonceStore, OutboxStore, runMigrations} from '@vitalvault/postgres';
import {createLogger} from '@vitalvault/process';
import {startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import {openDatabase} from '../src/adapters/prisma/database.js';
import type {Database} from '../src/adapters/prisma/database.js';
import {PrismaDocumentStore} from '../src/adapters/prisma/prisma-document-store.js';
import {PrismaProjectionStore} from '../src/adapters/prisma/prisma-projection-store.js';
import {PrismaReleaseRegister} from '../src/adapters/prisma/prisma-release-register.js';
import {PrismaTransactionTraces} from '../src/adapters/prisma/prisma-transaction-traces.js';
import {documentStoreContract} from './contracts/document-store.contract.js';
import {projectionStoreContract} from './contracts/projection-store.contract.js';
import {releaseRegisterContract} from './contracts/release-register.contract.js';

const TABLES = [
  'blocks',
  'organisations',
  'organisation_keys',
  'members',
  'patients',
  'keys',
  'devices',
  'registrations',
  'epoch_statements',
  'grants',
  'reads_used',
  'transactions',
  'access_leaves',
  'consumer_offsets',
  'position_decisions',
  'outbox',
  'tx_traces',
  'request_nonces',
  'wrap_bundles',
  'member_profiles',
  'access_details',
  'complaints',
  'release_answers',
  'release_requests',
];
const id = 'ab'.repeat(20);
const tx = (n: number): string => n.toString(16).padStart(2, '0').repeat(32);

let engines: Engines;
let database: Database;

beforeAll(async () => {
  engines = await startEngines({only: ['postgres']});
  const databaseUrl = engines.databaseUrl('vv_policy');
  const dir = join(import.meta.dirname, '../prisma/migrations');
  expect(await runMigrations({databaseUrl, dir, logger: createLogger({service: 'spec', level: 'error'})})).toHaveLength(
    3,
  );
  expect(await runMigrations({databaseUrl, dir})).toEqual([]);
  database = openDatabase({databaseUrl});
}, 600_000);

afterAll(async () => {
  await database.$disconnect();
  await engines.stop();
});

beforeEach(async () => {
  await database.$executeRawUnsafe(`TRUNCATE ${TABLES.join(', ')}`);
});

projectionStoreContract('PostgreSQL', () => Promise.resolve(new PrismaProjectionStore(database)));
releaseRegisterContract('PostgreSQL', () => ({
  register: new PrismaReleaseRegister(database),
  told: async () => (await new OutboxStore(database).take(100)).map(({messageId}) => messageId),
}));

describe('two processes of the service', () => {
  it('project one block once', async () => {
    const [one, other] = [new PrismaProjectionStore(database), new PrismaProjectionStore(database)];
    let runs = 0;
    const effects = async (): Promise<void> => {
      runs++;
      await new Promise((resolve) => setTimeout(resolve, 50));
    };
    const taken = await Promise.all([
      one.project([{height: 0n, timeSeconds: 0n}], effects),
      other.project([{height: 0n, timeSeconds: 0n}], effects),
    ]);
    expect([taken.sort(), runs]).toEqual([[false, true], 1]);
  });

  it('take one request nonce once', async () => {
    const memory = new NonceStore(database);
    const until = Math.floor(Date.now() / 1_000) + 120;
    const taken = await Promise.all([1, 2, 3, 4].map(() => memory.remember(id, 'nonce', until)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    await memory.prune(new Date((until + 1) * 1_000), 1_000);
    expect(await memory.remember(id, 'nonce', until)).toBe(true);
  });
});

describe('outbox', () => {
  it('gives what was announced with its block in order, until it is sent', async () => {
    const store = new PrismaProjectionStore(database);
    const announcement = (n: number) => ({
      topic: 't',
      key: id,
      value: Uint8Array.of(n),
      messageId: `m${String(n)}`,
      traceparent: n === 1 ? 'trace' : undefined,
    });
    await store.project([{height: 0n, timeSeconds: 0n}], async (writer) => {
      await writer.announce(announcement(1));
      await writer.announce(announcement(2));
    });
    await store
      .project([{height: 1n, timeSeconds: 1n}], async (writer) => {
        await writer.announce(announcement(3));
        throw new Error('never happened');
      })
      .catch(() => undefined);
    const outbox = new OutboxStore(database);
    const taken = await outbox.take(10);
    expect(taken.map(({messageId, traceparent, value}) => [messageId, traceparent, [...value]])).toEqual([
      ['m1', 'trace', [1]],
      ['m2', undefined, [2]],
    ]);
    await outbox.sent([taken[0]?.id ?? 0n]);
    expect((await outbox.take(10)).map(({messageId}) => messageId)).toEqual(['m2']);
  });
});

documentStoreContract('PostgreSQL', () => ({
  documents: new PrismaDocumentStore(database),
  announced: async () => (await new OutboxStore(database).take(100)).length,
}));

describe('traces of transactions', () => {
  it('are found by hash and forgotten after an hour', async () => {
    const traces = new PrismaTransactionTraces(database);
    await traces.remember(tx(1), 'one');
    await traces.remember(tx(1), 'two');
    expect(await traces.find([tx(1), tx(2)])).toEqual(new Map([[tx(1), 'two']]));
    await traces.prune(new Date(), 1_000);
    expect((await traces.find([tx(1)])).size).toBe(1);
    await traces.prune(new Date(Date.now() + 3_700_000), 1_000);
    expect((await traces.find([tx(1)])).size).toBe(0);
  });
});

describe('without the database', () => {
  it('says which part is missing', async () => {
    const nowhere = openDatabase({databaseUrl: 'postgres://vitalvault@127.0.0.1:1/none'});
    const store = new PrismaProjectionStore(nowhere);
    await expect(store.position()).rejects.toMatchObject({code: 'database-unavailable'});
    await expect(store.project([{height: 0n, timeSeconds: 0n}], () => Promise.resolve())).rejects.toMatchObject({
      code: 'database-unavailable',
    });
    await nowhere.$disconnect();
  });
});
