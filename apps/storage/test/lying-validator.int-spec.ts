import {startService} from '@vitalvault/http';
import {LedgerClient} from '@vitalvault/ledger-client';
import {LIES, lyingRpc} from '@vitalvault/ledger-client/testing';
import {runMigrations} from '@vitalvault/postgres';
import {readOwnGenesis} from '@vitalvault/process';
import type {Logger} from '@vitalvault/process';
import {ManagedHost} from '@vitalvault/process/testing';
import {eventually, freePort, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import pg from 'pg';
import {CometLedgerGateway} from '../src/adapters/ledger/comet-ledger-gateway.js';
import {storage} from '../src/service.js';
import {Person, World} from './people.js';

const NOBODY = 'http://127.0.0.1:1';
const TABLES = ['access_requests', 'devices'];
/** Storage follows blocks; it asks for no leaves. */
const OF_BLOCKS = Object.keys(LIES).filter((name) => !/leaf|asked for|question/.test(name));

let engines: Engines;
let database: pg.Client;
let honest: string;
let newest = 0n;
let expected: unknown;
const said: string[] = [];
const note = (message: string, fields: object = {}): void => {
  const reason = (fields as {reason?: unknown}).reason;
  said.push(typeof reason === 'string' ? `${message}: ${reason}` : message);
};
const logger = {debug: note, info: note, warn: note, error: note} as unknown as Logger;

/** storage as it is wired, following until it has the story. @returns its tables */
async function follow(ledgerRpc: readonly string[]): Promise<unknown> {
  const {chainId, genesis: genesisFile, organisations} = engines.endpoints;
  const config = storage.config.parse({
    ...{chainId, genesisFile, organisation: organisations[0]?.id, ledgerRpc: ledgerRpc.join(',')},
    ...{
      httpPort: await freePort(),
      grpcPort: await freePort(),
      policyGrpc: '127.0.0.1:1',
      kafkaBrokers: '127.0.0.1:1',
      otlpUrl: NOBODY,
    },
    ...{ipfsCluster: NOBODY, kubo: NOBODY, replicationMin: 1, replicationMax: 1},
    databaseUrl: engines.databaseUrl('vv_storage'),
    storageKeyFile: join(organisations[0]?.keys ?? '', 'storage.key.json'),
  });
  await database.query(
    `TRUNCATE ${TABLES.join(', ')}; UPDATE ledger_cursor SET height = 0, block_time = 0, hash = NULL`,
  );
  const running = await startService(storage, new ManagedHost(config, logger));
  try {
    await eventually(async () => {
      const {rows} = await database.query<{height: string}>('SELECT height FROM ledger_cursor');
      expect(BigInt(rows[0]?.height ?? 0)).toBeGreaterThanOrEqual(newest);
    }, 60_000);
  } finally {
    await running.close();
  }
  const tables = TABLES.map((table) => database.query(`SELECT * FROM ${table} ORDER BY 1, 2`));
  return (await Promise.all(tables)).map(({rows}) => rows);
}

beforeAll(async () => {
  engines = await startEngines({only: ['postgres', 'validators'], validators: 1});
  const databaseUrl = engines.databaseUrl('vv_storage');
  await runMigrations({databaseUrl, dir: join(import.meta.dirname, '..', 'prisma', 'migrations')});
  database = new pg.Client({connectionString: databaseUrl});
  await database.connect();
  honest = engines.endpoints.validators[0]?.rpc ?? '';
  const world = await World.of(engines);
  const person = await Person.enrolled(world);
  await person.requestOwn(1, 2 ** 32 - 1);
  await world.close();
  const client = new LedgerClient({rpcUrls: [honest], log: {info: note, warn: note, error: note} as never});
  newest = (await client.status()).height;
  client.close();
  expected = await follow([honest]);
}, 600_000);

afterAll(async () => {
  await database.end();
  await engines.stop();
});

describe('storage takes nothing of a validator, its own in front, that', () => {
  it.each(OF_BLOCKS)(
    '%s',
    async (name) => {
      const liar = await lyingRpc(honest, LIES[name] as (typeof LIES)[string]);
      said.length = 0;
      expect(await follow([liar.url, honest])).toEqual(expected);
      expect(liar.lies()).toBeGreaterThan(0);
      expect(said.some((line) => line.startsWith('ledger RPC rests: '))).toBe(true);
      await liar.close();
    },
    90_000,
  );
});

it('storage takes no nonce from a validator that cannot prove it', async () => {
  const liar = await lyingRpc(honest, LIES['alters a leaf'] as (typeof LIES)[string]);
  const log = {info: note, warn: note, error: note} as never;
  const client = new LedgerClient({rpcUrls: [liar.url, honest], log});
  const trust = readOwnGenesis({
    chainId: engines.endpoints.chainId,
    genesisFile: engines.endpoints.genesis,
    organisation: engines.endpoints.organisations[0]?.id ?? '',
  });
  expect(await new CometLedgerGateway(client, trust).highestNonce('ab'.repeat(20), 1n)).toBe(0n);
  expect(liar.lies()).toBeGreaterThan(0);
  client.close();
  await liar.close();
});
