import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {fromHex, slotOf} from '@vitalvault/contracts';
import type {TxMessage} from '@vitalvault/contracts';
import {startService} from '@vitalvault/http';
import {LedgerClient} from '@vitalvault/ledger-client';
import {LIES, lyingRpc} from '@vitalvault/ledger-client/testing';
import {
  enrolPatient,
  PEOPLE,
  putGrant,
  registerDevice,
  requestAccess,
  signedTx,
} from '@vitalvault/ledger-state/testing';
import type {TestKey} from '@vitalvault/ledger-state/testing';
import {runMigrations} from '@vitalvault/postgres';
import type {Logger} from '@vitalvault/process';
import {ManagedHost} from '@vitalvault/process/testing';
import {eventually, freePort, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import pg from 'pg';
import {policy} from '../src/service.js';
import {ownKey} from './policy-system.js';

const {patient, recovery, device} = PEOPLE;
const TABLES = ['patients', 'keys', 'devices', 'registrations', 'grants', 'transactions', 'access_leaves'];
const NOBODY = 'http://127.0.0.1:1';
const slot = slotOf(Math.floor(Date.now() / 1_000));

let engines: Engines;
let database: pg.Client;
let honest: string;
let client: LedgerClient;
let newest = 0n;
let nonce = 0n;
let expected: unknown;
const said: string[] = [];
const note = (message: string, fields: object = {}): void => {
  const reason = (fields as {reason?: unknown}).reason;
  said.push(typeof reason === 'string' ? `${message}: ${reason}` : message);
};
const logger = {debug: note, info: note, warn: note, error: note} as unknown as Logger;

async function run(message: TxMessage, signers: readonly TestKey[]): Promise<void> {
  const {height} = await client.status();
  const seconds = BigInt(Math.floor(Date.now() / 1_000));
  const expiry = {expiresAtHeight: height + 100n, expiresAtTime: seconds + 600n};
  const chain = {chainId: engines.endpoints.chainId, nonce: ++nonce};
  await client.broadcast(signedTx({message, signers, ...chain, ...expiry}));
  await client.waitForHeader(height + 2n);
  newest = height + 2n;
}

/** policy as it is wired, following until it has the story. @returns its tables */
async function follow(ledgerRpc: readonly string[]): Promise<unknown> {
  const {chainId, genesis: genesisFile, organisations} = engines.endpoints;
  const keys = organisations[0]?.keys ?? '';
  const config = policy.config.parse({
    ...{chainId, genesisFile, organisation: organisations[0]?.id, ledgerRpc: ledgerRpc.join(',')},
    ...{
      httpPort: await freePort(),
      grpcPort: await freePort(),
      notifyGrpc: '127.0.0.1:1',
      kafkaBrokers: '127.0.0.1:1',
      otlpUrl: NOBODY,
    },
    databaseUrl: engines.databaseUrl('vv_policy'),
    releaseKeyFile: join(keys, 'release.key.json'),
    policyKeyFile: join(keys, 'policy.key.json'),
  });
  await database.query(`TRUNCATE blocks, outbox, organisations, organisation_keys, ${TABLES.join(', ')}`);
  const running = await startService(policy, new ManagedHost(config, logger));
  try {
    await eventually(async () => {
      const {rows} = await database.query<{height: string}>('SELECT max(height) AS height FROM blocks');
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
  const databaseUrl = engines.databaseUrl('vv_policy');
  await runMigrations({databaseUrl, dir: join(import.meta.dirname, '../prisma/migrations')});
  database = new pg.Client({connectionString: databaseUrl});
  await database.connect();
  honest = engines.endpoints.validators[0]?.rpc ?? '';
  client = new LedgerClient({rpcUrls: [honest], log: {info: note, warn: note, error: note} as never});
  const sponsor = ownKey(engines, 'sponsor') as unknown as TestKey;
  await run(enrolPatient(patient, recovery), [sponsor, patient, recovery]);
  await run(registerDevice(patient, device), [patient, device]);
  const terms = {accessFromSlot: slot, accessToSlot: slot + 9, dataFromSlot: slot - 9, dataToSlot: 2 ** 32 - 1};
  await run(putGrant(patient.id, fromHex(engines.endpoints.organisations[0]?.id ?? ''), terms), [patient]);
  await run(requestAccess(patient.id, {slotFrom: slot, slotTo: 2 ** 32 - 1}), [patient]);
  expected = await follow([honest]);
}, 600_000);

afterAll(async () => {
  client.close();
  await database.end();
  await engines.stop();
});

describe('policy projects nothing of a validator, its own in front, that', () => {
  it.each(Object.keys(LIES))(
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
