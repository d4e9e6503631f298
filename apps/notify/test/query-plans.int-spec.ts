import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {runMigrations} from '@vitalvault/postgres';
import {eventually, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import pg from 'pg';
import {openDatabase} from '../src/adapters/prisma/database.js';
import type {Database} from '../src/adapters/prisma/database.js';
import {PrismaAlertQueue} from '../src/adapters/prisma/prisma-alert-queue.js';
import {PrismaDeliveryQueue} from '../src/adapters/prisma/prisma-delivery-queue.js';
import {PrismaKeyResolver} from '../src/adapters/prisma/prisma-key-resolver.js';

const ROWS = 1_000_000;
const PATIENTS = 20_000;
/** Pages of 8 KiB that a question may read, whatever the tables hold: a row of an index here and there. */
const MOST_PAGES = 15_000;
/** Of the others the planner may read all: they have a row for a patient. */
const LARGE = new Set(['alerts', 'deliveries', 'patient_keys']);

interface Someone {
  patient: string;
  alertId: string;
  keyId: string;
}

/** What notify asks of its tables when they are large: by index, so that the answer does not grow with them. */
describe(`a million alerts and deliveries of ${String(PATIENTS)} patients`, () => {
  let engines: Engines;
  let someone: Someone;
  let client: pg.Client;
  const hex = (text: string, bytes: number): string =>
    `substr(encode(sha256((${text})::text::bytea), 'hex'), 1, ${String(2 * bytes)})`;

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    const databaseUrl = engines.databaseUrl('vv_notify');
    await runMigrations({databaseUrl, dir: join(import.meta.dirname, '../prisma/migrations')});
    client = new pg.Client({connectionString: databaseUrl});
    await client.connect();
    for (const fill of [
      // What it reads is not what is asked here.
      ...[...LARGE, 'webhooks', 'patients'].map((table) => `ALTER TABLE ${table} SET (autovacuum_enabled = false)`),
      `INSERT INTO patients SELECT ${hex('n', 20)}, ${String(ROWS / PATIENTS)} FROM generate_series(0, ${String(PATIENTS - 1)}) n`,
      `INSERT INTO alerts (alert_id, patient, seq, kind, raised_at_ms, subject, text, pushed)
       SELECT ${hex("n || 'alert'", 32)}, ${hex(`n % ${String(PATIENTS)}`, 20)}, n / ${String(PATIENTS)} + 1, 1, n, ${hex('n', 32)}, '', true
       FROM generate_series(0, ${String(ROWS - 1)}) n`,
      `INSERT INTO webhooks (patient, position, url, secret, host)
       SELECT ${hex('n', 20)}, 0, 'https://' || n % 500 || '.example.org/', 'secret', n % 500 || '.example.org'
       FROM generate_series(0, ${String(PATIENTS - 1)}) n`,
      `INSERT INTO deliveries (alert_id, webhook_id, state, next_attempt_at, queued_at)
       SELECT alert_id, w.id, CASE WHEN seq % 5 = 0 THEN 'pending' ELSE 'delivered' END, now() - interval '1 hour', now() - interval '1 day'
       FROM alerts JOIN webhooks w USING (patient)`,
      "UPDATE webhooks SET turn_at = now() - interval '1 hour'",
      `INSERT INTO patient_keys SELECT ${hex("n || 'key'", 20)}, ${hex(`n / 5`, 20)}, '\\x00'::bytea, n, 0 FROM generate_series(0, ${String(5 * PATIENTS - 1)}) n`,
      'ANALYZE',
    ])
      await client.query(fill);
    const {rows} = await client.query<Someone>(
      'SELECT patient, alert_id AS "alertId", (SELECT key_id FROM patient_keys LIMIT 1) AS "keyId" FROM alerts LIMIT 1',
    );
    [someone] = rows as [Someone];
  }, 600_000);
  afterAll(async () => {
    await client.end();
    await engines.stop();
  });

  /** Pages read and large tables read from end to end by `work`; a connection tells at the latest when it ends. */
  async function cost(work: (database: Database) => Promise<unknown>): Promise<{pages: number; wholeTables: string[]}> {
    const before = await counted();
    const database = openDatabase({databaseUrl: engines.databaseUrl('vv_notify')});
    await work(database);
    await database.$disconnect();
    await eventually(async () => {
      const {rows} = await client.query(
        "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
      );
      expect(rows).toEqual([]);
    }, 30_000);
    const grown = [...(await counted())].map(([name, now]) => ({
      name,
      pages: now.pages - (before.get(name)?.pages ?? 0),
      scans: now.scans - (before.get(name)?.scans ?? 0),
    }));
    return {
      pages: grown.reduce((sum, {pages}) => sum + pages, 0),
      wholeTables: grown.filter(({name, scans}) => scans > 0 && LARGE.has(name)).map(({name}) => name),
    };
  }

  async function counted(): Promise<Map<string, {pages: number; scans: number}>> {
    await client.query('SELECT pg_stat_force_next_flush()');
    const {rows} = await client.query<{name: string; pages: string; scans: string}>(
      `SELECT s.relname AS name, s.seq_scan AS scans,
        heap_blks_read + heap_blks_hit + coalesce(idx_blks_read + idx_blks_hit, 0) AS pages
       FROM pg_stat_user_tables s JOIN pg_statio_user_tables io USING (relid)`,
    );
    return new Map(rows.map(({name, pages, scans}) => [name, {pages: Number(pages), scans: Number(scans)}]));
  }

  it.each<[string, (database: Database, of: Someone) => Promise<unknown>]>([
    [
      'a page of alerts',
      (database, {patient}) => new PrismaAlertQueue(database).page({patient, after: 40n, limit: 100, pushedOnly: true}),
    ],
    [
      'an acknowledgement',
      (database, {patient, alertId}) => new PrismaAlertQueue(database).acknowledge(patient, alertId),
    ],
    [
      'a new alert',
      (database, {patient}) =>
        new PrismaAlertQueue(database).save({
          alerts: [
            {
              alert: {alertId: 'ab'.repeat(32), patient, kind: 1, raisedAtMs: 1n, subject: '00', text: ''},
              pushed: true,
              traceparent: undefined,
            },
          ],
        }),
    ],
    [
      'whose key signs',
      (database, {keyId}) => new PrismaKeyResolver(database, {mustGoOn: () => undefined}).resolve(keyId),
    ],
    [
      'deliveries whose turn it is, and how one went',
      async (database) => {
        const queue = new PrismaDeliveryQueue(database);
        const due = await queue.claim({
          limit: 64,
          ofHost: 8,
          underWay: new Map([['7.example.org', 8]]),
          leaseMs: 60_000,
        });
        expect(due).toHaveLength(64);
        expect(new Set(due.map(({webhook}) => webhook.id)).size).toBe(64);
        for (const [index, one] of due.entries())
          await (index % 2 === 0
            ? queue.delivered(one)
            : queue.failed(one, {againInMs: 1_000, restMs: 1_000, outcome: 'timeout'}));
      },
    ],
    ['the sweep, when nothing is old enough', (database) => new PrismaDeliveryQueue(database).prune(new Date(), 1_000)],
  ])('%s reads no table from end to end', async (_what, ask) => {
    const {pages, wholeTables} = await cost((database) => ask(database, someone));
    expect(wholeTables).toEqual([]);
    expect(pages).toBeLessThan(MOST_PAGES);
    expect(pages).toBeGreaterThan(0);
  });

  it('deletes deliveries that are 30 days old, and keeps the alerts', async () => {
    await client.query(
      "UPDATE deliveries SET queued_at = now() - interval '31 days' WHERE id IN (SELECT id FROM deliveries LIMIT 30)",
    );
    const count = async (table: string): Promise<number> =>
      Number((await client.query<{count: string}>(`SELECT count(*) FROM ${table}`)).rows[0]?.count);
    const [alerts, deliveries] = [await count('alerts'), await count('deliveries')];
    await cost((database) => new PrismaDeliveryQueue(database).prune(new Date(), 1_000));
    expect([await count('alerts'), await count('deliveries')]).toEqual([alerts, deliveries - 30]);
  });

  it('says how many bytes a row of each has, for docs/operations/capacity.md', async () => {
    const {rows} = await client.query<{name: string; bytes: string}>(
      "SELECT relname AS name, pg_total_relation_size(relid) AS bytes FROM pg_stat_user_tables WHERE relname IN ('alerts', 'deliveries')",
    );
    const bytes = Object.fromEntries(rows.map((row) => [row.name, Number(row.bytes) / ROWS]));
    // eslint-disable-next-line no-console -- figures for the page
    console.log(JSON.stringify(bytes));
    expect(bytes['alerts']).toBeLessThan(700);
    expect(bytes['deliveries']).toBeLessThan(500);
  });
});
