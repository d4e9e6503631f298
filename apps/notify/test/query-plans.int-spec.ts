import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {runMigrations} from '@vitalvault/postgres';
import {fillTables, readsOf, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import pg from 'pg';
import {openDatabase} from '../src/adapters/prisma/database.js';
import type {Database} from '../src/adapters/prisma/database.js';
import {PrismaAlertQueue} from '../src/adapters/prisma/prisma-alert-queue.js';
import {PrismaDeliveryQueue} from '../src/adapters/prisma/prisma-delivery-queue.js';
import {PrismaKeyResolver} from '../src/adapters/prisma/prisma-key-resolver.js';
import {dueOf} from '../src/adapters/prisma/watch-deliveries.js';

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
  const hex = (text: string, bytes: number): string =>
    `substr(encode(sha256((${text})::text::bytea), 'hex'), 1, ${String(2 * bytes)})`;

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    const databaseUrl = engines.databaseUrl('vv_notify');
    await runMigrations({databaseUrl, dir: join(import.meta.dirname, '../prisma/migrations')});
    const client = new pg.Client({connectionString: databaseUrl});
    await client.connect();
    await fillTables(client, {
      patients: `SELECT ${hex('n', 20)}, ${String(ROWS / PATIENTS)} FROM generate_series(0, ${String(PATIENTS - 1)}) n`,
      alerts: `(alert_id, patient, seq, kind, raised_at_ms, subject, text, pushed)
       SELECT ${hex("n || 'alert'", 32)}, ${hex(`n % ${String(PATIENTS)}`, 20)}, n / ${String(PATIENTS)} + 1, 1, n, ${hex('n', 32)}, '', true
       FROM generate_series(0, ${String(ROWS - 1)}) n`,
      webhooks: `(patient, position, url, secret, host, turn_at)
       SELECT ${hex('n', 20)}, 0, 'https://' || n % 500 || '.example.org/', 'secret', n % 500 || '.example.org', now() - interval '1 hour'
       FROM generate_series(0, ${String(PATIENTS - 1)}) n`,
      deliveries: `(alert_id, webhook_id, state, next_attempt_at, queued_at)
       SELECT alert_id, w.id, CASE WHEN seq % 5 = 0 THEN 'pending' ELSE 'delivered' END, now() - interval '1 hour', now() - interval '1 day'
       FROM alerts JOIN webhooks w USING (patient)`,
      patient_keys: `SELECT ${hex("n || 'key'", 20)}, ${hex(`n / 5`, 20)}, '\\x00'::bytea, n, 0 FROM generate_series(0, ${String(5 * PATIENTS - 1)}) n`,
    });
    await client.query('ANALYZE');
    const {rows} = await client.query<Someone>(
      'SELECT patient, alert_id AS "alertId", (SELECT key_id FROM patient_keys LIMIT 1) AS "keyId" FROM alerts LIMIT 1',
    );
    [someone] = rows as [Someone];
    await client.end();
  }, 600_000);
  afterAll(() => engines.stop());

  async function query<Row extends pg.QueryResultRow>(text: string): Promise<Row[]> {
    const client = new pg.Client({connectionString: engines.databaseUrl('vv_notify')});
    await client.connect();
    try {
      return (await client.query<Row>(text)).rows;
    } finally {
      await client.end();
    }
  }

  /** Pages read, and large tables read from end to end. */
  async function cost(work: (database: Database) => Promise<unknown>): Promise<{pages: number; wholeTables: string[]}> {
    const databaseUrl = engines.databaseUrl('vv_notify');
    const reads = await readsOf(databaseUrl, async () => {
      const database = openDatabase({databaseUrl});
      await work(database);
      await database.$disconnect();
    });
    return {
      pages: [...reads.values()].reduce((sum, {pages}) => sum + pages, 0),
      wholeTables: [...reads].flatMap(([name, {scans}]) => (scans > 0 && LARGE.has(name) ? [name] : [])),
    };
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
    [
      'how much is due, and since when',
      async (database) => {
        const due = await dueOf(database);
        expect([due.count, Math.round(due.ageSeconds / 600)]).toEqual([1_000, 6]);
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
    await query(
      "UPDATE deliveries SET queued_at = now() - interval '31 days' WHERE id IN (SELECT id FROM deliveries LIMIT 30)",
    );
    const count = async (table: string): Promise<number> =>
      Number((await query<{count: string}>(`SELECT count(*) FROM ${table}`))[0]?.count);
    const [alerts, deliveries] = [await count('alerts'), await count('deliveries')];
    await cost((database) => new PrismaDeliveryQueue(database).prune(new Date(), 1_000));
    expect([await count('alerts'), await count('deliveries')]).toEqual([alerts, deliveries - 30]);
  });

  it('says how many bytes a row of each has, for docs/operations/capacity.md', async () => {
    const rows = await query<{name: string; bytes: string}>(
      "SELECT relname AS name, pg_total_relation_size(relid) AS bytes FROM pg_stat_user_tables WHERE relname IN ('alerts', 'deliveries')",
    );
    const bytes = Object.fromEntries(rows.map((row) => [row.name, Number(row.bytes) / ROWS]));
    // eslint-disable-next-line no-console -- figures for the page
    console.log(JSON.stringify(bytes));
    expect(bytes['alerts']).toBeLessThan(700);
    expect(bytes['deliveries']).toBeLessThan(500);
  });
});
