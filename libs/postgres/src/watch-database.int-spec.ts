import {eventually, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import pg from 'pg';
import type {SqlSession} from './sql-session.js';
import {measureDatabase} from './watch-database.js';

describe('what a service sees of a real PostgreSQL, by a role without any right but its own', () => {
  let engines: Engines;
  let own: pg.Client;
  let url: string;
  const clients: pg.Client[] = [];

  const session: SqlSession = {
    $executeRaw: () => Promise.reject(new Error('nothing is changed')),
    $queryRaw: async <T>(parts: TemplateStringsArray) => (await own.query(parts.join(''))).rows as T,
  };
  async function connected(connectionString: string): Promise<pg.Client> {
    const client = new pg.Client({connectionString});
    await client.connect();
    clients.push(client);
    return client;
  }

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    const admin = await connected(engines.databaseUrl('vv_notify'));
    await admin.query("CREATE ROLE vv_plain LOGIN PASSWORD 'plain'");
    const plain = new URL(engines.databaseUrl('vv_notify'));
    plain.username = 'vv_plain';
    plain.password = 'plain';
    url = plain.href;
    own = await connected(url);
  });

  afterAll(async () => {
    await Promise.all(clients.map((client) => client.end()));
    await engines.stop();
  });

  it('is its size, the connections of all, and how many there may be', async () => {
    const before = await measureDatabase(session);
    expect(before.bytes).toBeGreaterThan(1_000_000);
    expect(before.connections).toBeGreaterThanOrEqual(2);
    expect(before.connectionsCeiling).toBeGreaterThan(before.connections);
    await connected(engines.databaseUrl('vv_notify'));
    await eventually(async () => expect((await measureDatabase(session)).connections).toBe(before.connections + 1));
  });

  it('is the age of the oldest open transaction of its own, and 0 without one', async () => {
    expect((await measureDatabase(session)).transactionSeconds).toBe(0);
    const forgotten = await connected(url);
    await forgotten.query('BEGIN');
    await new Promise((resolve) => setTimeout(resolve, 300));
    const {transactionSeconds} = await measureDatabase(session);
    expect(transactionSeconds).toBeGreaterThan(0.2);
    expect(transactionSeconds).toBeLessThan(60);
    await forgotten.query('ROLLBACK');
    expect((await measureDatabase(session)).transactionSeconds).toBe(0);
  });
});
