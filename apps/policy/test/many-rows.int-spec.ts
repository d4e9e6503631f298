import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {create} from '@bufbuild/protobuf';
import {encodeCanonical, toHex} from '@vitalvault/contracts';
import {AccessLeafSchema, MemberSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {NonceStore, OutboxStore, runMigrations} from '@vitalvault/postgres';
import {fillTables, readsOf, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import pg from 'pg';
import {openDatabase} from '../src/adapters/prisma/database.js';
import type {Database} from '../src/adapters/prisma/database.js';
import {PrismaDocumentStore} from '../src/adapters/prisma/prisma-document-store.js';
import {PrismaProjectionStore} from '../src/adapters/prisma/prisma-projection-store.js';
import {PrismaReleaseRegister} from '../src/adapters/prisma/prisma-release-register.js';
import {PrismaTransactionTraces} from '../src/adapters/prisma/prisma-transaction-traces.js';

/** Hexadecimal of so many digits that PostgreSQL makes of a number `n`. */
const hex = (digits: number): string => `lpad(to_hex(n), ${String(digits)}, '0')`;
const hexOf = (n: number, digits: number): string => n.toString(16).padStart(digits, '0');
const MILLION = 1_000_000;
const leaf = toHex(
  encodeCanonical(AccessLeafSchema, {
    index: 0n,
    height: 1n,
    blockTime: 1n,
    txId: new Uint8Array(32),
    event: {case: 'enrolled', value: {organisation: new Uint8Array(20)}},
  }),
);
/** Tables that grow with what people do, and what fills them. */
const ROWS: Readonly<Record<string, string>> = {
  blocks: 'n, n',
  organisation_keys: `${hex(40)}, ${hex(40)}, 1, ''`,
  members: `${hex(40)}, ${hex(40)}, ''`,
  devices: `${hex(40)}, ''`,
  registrations: `${hex(40)}, 1, ${hex(40)}, ''`,
  epoch_statements: `${hex(40)}, ${hex(32)}, 1, ''`,
  successions: `${hex(40)}, 1, ''`,
  reads_used: `${hex(40)}, ${hex(32)}, 1`,
  wrap_bundles: `${hex(40)}, ${hex(32)}, 1, ''`,
  member_profiles: `${hex(40)}, ''`,
  access_details: `${hex(64)}, ''`,
  tx_traces: `${hex(64)}, ''`,
  patients: `${hex(40)}, '', 0`,
  keys: `${hex(40)}, '', ''`,
  transactions: `${hex(64)}, ${hex(64)}, n, 0, 0, ''`,
  access_leaves: `${hex(40)}, 0, n, ${hex(64)}, decode('${leaf}', 'hex')`,
  grants: `${hex(40)}, ${hex(32)}, n, 0, ${hex(40)}, ''`,
  release_answers: `${hex(64)}, ${hex(64)}, 1`,
  release_requests: `${hex(64)}, 1, '', 1, 1`,
  request_nonces: `${hex(40)}, ${hex(22)}, 4000000000 + n`,
  complaints: `${hex(40)}, ${hex(64)}, 'hash', ${hex(40)}, 1`,
};

/** What every call costs PostgreSQL by its own count, whatever the time: a table is never read through. */
describe('with a million rows in each table that grows', () => {
  let engines: Engines;
  let url: string;

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    url = engines.databaseUrl('vv_policy');
    await runMigrations({databaseUrl: url, dir: join(import.meta.dirname, '../prisma/migrations')});
    const fills = Object.entries(ROWS).map(([table, cells]) => [
      table,
      `SELECT ${cells} FROM generate_series(1, ${String(MILLION)}) AS n`,
    ]);
    const client = new pg.Client({connectionString: url});
    await client.connect();
    await fillTables(client, Object.fromEntries(fills) as Record<string, string>);
    await client.query('VACUUM ANALYZE');
    await client.end();
  }, 900_000);

  afterAll(() => engines.stop());

  async function query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
    const client = new pg.Client({connectionString: url});
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  it('each is read by an index, and only what is asked for', async () => {
    const reads = await readsOf(url, async () => {
      const database = openDatabase({databaseUrl: url});
      await askEach(database);
      await database.$disconnect();
    });
    const grown = [...reads].filter(([table]) => table in ROWS);
    expect(grown.filter(([, {scans}]) => scans > 0)).toEqual([]);
    expect(grown.filter(([table, {rows}]) => table !== 'blocks' && rows >= 20)).toEqual([]);
    expect(grown.filter(([, {pages}]) => pages === 0)).toEqual([]);
  });

  async function askEach(database: Database): Promise<void> {
    const store = new PrismaProjectionStore(database);
    const documents = new PrismaDocumentStore(database);
    const register = new PrismaReleaseRegister(database);
    const [id, tx] = [hexOf(777, 40), hexOf(777, 64)];
    const message = {topic: 't', key: id, value: Uint8Array.of(1), messageId: 'm', traceparent: undefined};
    await store.position();
    await store.accessLogSizes([id, hexOf(778, 40)]);
    // What fills the tables is no message: what is asked is how each is found.
    for (const ask of [
      () => store.key(id),
      () => store.organisationKeys(id),
      () => store.member(id),
      () => store.patient(id),
      () => store.device(id),
      () => store.registration(id, 1),
      () => store.registrationsAt([{device: id, registration: 1}]),
      () => store.registrationsOf(id),
      () => store.epochStatements(id),
      () => store.epochStatements(id, hexOf(777, 32)),
      () => store.successions(id, 0),
      () => store.grant(id, hexOf(777, 32)),
      () => store.grantsOf(id),
    ])
      await ask().catch(() => undefined);
    await store.accessLogSize(id);
    await store.transaction(tx);
    await store.lastTransactionHeight();
    await store.leafOfTransaction(tx);
    await store.leafAt(id, 0n);
    await store.readsUsed(id, hexOf(777, 32));
    await store.project([{height: BigInt(MILLION + 1), timeSeconds: 1n}], async (writer) => {
      await writer.expect({transactions: [tx], members: [id], grants: [{patient: id, grantId: hexOf(1, 32)}]});
      await writer.putMember(id, create(MemberSchema, {organisation: new Uint8Array(20), role: 1}));
      await writer.putTransaction({txId: tx, txHash: tx, height: 1n, index: 0, code: 0, data: new Uint8Array()});
      const bytes = Buffer.from(leaf, 'hex');
      await writer.appendLeaf({patient: id, index: 1n, height: 1n, txId: tx, bytes});
    });
    await register.answered(tx);
    await register.answered(tx, tx);
    await register.allows(tx, [tx, hexOf(1, 64)]);
    await register.count({
      txId: tx,
      recordIds: [tx],
      signedRequest: Uint8Array.of(1),
      verifiedAtHeight: 1n,
      tell: () => message,
    });
    await documents.putComplaint({reader: id, subject: tx, finding: 'size', patient: id, day: 1}, 16, message);
    await documents.wraps(id, hexOf(777, 32));
    await documents.putWraps({patient: id, grantId: hexOf(777, 32), version: 2, value: Uint8Array.of(1)});
    await documents.profile(id);
    await documents.putProfile(id, Uint8Array.of(1));
    await documents.details(tx);
    await documents.putDetails(tx, Uint8Array.of(1));
    const [nonces, traces] = [new NonceStore(database), new PrismaTransactionTraces(database)];
    await nonces.remember(id, 'new', 4_000_000_000);
    await nonces.prune(new Date(), 1_000);
    await traces.find([tx]);
    await traces.prune(new Date(), 1_000);
    await store.prune(new Date(), MILLION);
    await new OutboxStore(database).take(100);
  }

  it('of blocks only the newest are kept: who follows asks for the one before', async () => {
    const [kept] = await query<{rows: string; first: string}>(
      'SELECT count(*) AS rows, min(height) AS first FROM blocks',
    );
    expect([Number(kept?.rows), Number(kept?.first)]).toEqual([1_001, MILLION + 1 - 1_000]);
    const database = openDatabase({databaseUrl: url});
    const store = new PrismaProjectionStore(database);
    const at = (height: number) => [{height: BigInt(height), timeSeconds: 1n}];
    const effects = () => Promise.reject(new Error('projected twice'));
    expect(await store.project(at(MILLION), effects)).toBe(false);
    await expect(store.project(at(500), effects)).rejects.toMatchObject({code: 'behind'});
    expect((await store.position())?.height).toBe(BigInt(MILLION + 1));
    await database.$disconnect();
  });
});
