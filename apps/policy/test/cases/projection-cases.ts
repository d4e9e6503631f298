import {describe, expect, it} from '@jest/globals';
import {runMigrations} from '@vitalvault/postgres';
import {LedgerClient} from '@vitalvault/ledger-client';
import {join} from 'node:path';
import pg from 'pg';
import {CometProvenLogs} from '../../src/adapters/ledger/comet-proven-logs.js';
import {openDatabase} from '../../src/adapters/prisma/database.js';
import {PrismaProjectionStore} from '../../src/adapters/prisma/prisma-projection-store.js';
import {AccessLeaves} from '../../src/application/access-leaves.js';
import {ProjectBlocks} from '../../src/application/project-blocks.js';
import {projectGenesis} from '../../src/application/project-genesis.js';
import {TransactionOutcomes} from '../../src/application/transaction-outcomes.js';
import {MemoryTraces} from '../support/memory-traces.js';
import {START_MS, device, patient, patientId} from '../policy-people.js';
import {until} from '../policy-story.js';
import type {PolicyStory} from '../policy-story.js';

/** The projection of all this, made anew, and without each engine. */
export function projectionCases(story: PolicyStory): void {
  describe('a projection', () => {
    it('rebuilt from nothing equals the live one', async () => {
      const live = new pg.Client({connectionString: story.system.engines.databaseUrl('vv_policy')});
      await live.connect();
      const databaseUrl = story.system.engines.databaseUrl('vv_storage');
      await runMigrations({databaseUrl, dir: join(import.meta.dirname, '../../prisma/migrations')});
      const database = openDatabase({databaseUrl});
      const store = new PrismaProjectionStore(database);
      const quiet = {info: () => undefined, warn: () => undefined, error: () => undefined};
      const client = new LedgerClient({rpcUrls: [story.system.engines.endpoints.validators[0]?.rpc ?? ''], log: quiet});
      const logs = new CometProvenLogs({client, trust: story.system.genesis});
      const leaves = new AccessLeaves({logs, projection: store});
      const projectBlocks = new ProjectBlocks({
        store,
        leaves,
        traces: new MemoryTraces(),
        outcomes: new TransactionOutcomes(store),
      });
      await projectGenesis(story.system.genesis.genesis, store);
      const {
        rows: [newest],
      } = await live.query<{height: string}>('SELECT max(height) AS height FROM blocks');
      for (let height = 1n; height <= BigInt(newest?.height ?? 0); height++) {
        const {timeSeconds, txs, results} = await client.block(height);
        await projectBlocks.execute({
          height,
          timeSeconds,
          transactions: txs.map((bytes, i) => ({
            bytes,
            code: results[i]?.code ?? 0,
            data: results[i]?.data ?? new Uint8Array(),
          })),
        });
      }
      const rebuilt = new pg.Client({connectionString: databaseUrl});
      await rebuilt.connect();
      for (const table of [
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
      ]) {
        const rows = async (from: pg.Client): Promise<unknown[]> =>
          (await from.query<{row: unknown}>(`SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY 1`)).rows;
        const [ours, theirs] = [await rows(live), await rows(rebuilt)];
        expect({table, rows: theirs}).toEqual({table, rows: ours});
        expect({table, empty: ours.length === 0}).toEqual({table, empty: false});
      }
      await Promise.all([live.end(), rebuilt.end(), database.$disconnect()]);
      client.close();
    });

    it(
      'goes on after a kill, and nothing is lost or doubled',
      async () => {
        await story.system.engines.control('kill', 'policy');
        await story.system.engines.control('start', 'policy');
        const {json} = await story.system.call('GET', `/v1/patients/${patientId}/grants`, {signer: patient});
        expect(json).toMatchObject({grants: [{revoked: true, readsUsed: '1'}]});
        expect((await story.ask({grantId: new Uint8Array(16)})).txId).toHaveLength(64);
      },
      START_MS,
    );

    it(
      'without the database it is not ready, and goes on when it is back',
      async () => {
        await story.system.engines.control('kill', 'postgres');
        await until(async () => (await story.system.health('/readyz')).status === 503);
        expect((await story.system.health('/readyz')).json).toMatchObject({reasons: {database: expect.any(String)}});
        expect(await story.system.call('GET', `/v1/transactions/${story.permit}`)).toMatchObject({
          status: 503,
          json: {code: 'database-unavailable'},
        });
        await story.system.engines.control('start', 'postgres');
        await until(async () => (await story.system.health('/readyz')).status === 200);
        expect((await story.ask({grantId: new Uint8Array(16)})).txId).toHaveLength(64);
      },
      START_MS,
    );

    it(
      'without Kafka and notify it stays ready for everything but releases, and says what waits',
      async () => {
        const waiting = async (): Promise<string[]> =>
          ((await story.system.health('/readyz')).json as {degraded?: {part: string}[]}).degraded?.map(
            ({part}) => part,
          ) ?? [];
        expect((await story.system.health('/readyz')).json).toEqual({status: 'ok'});
        await story.system.engines.control('kill', 'kafka');
        story.system.stopNotify();
        await until(async () => (await waiting()).length === 2);
        expect(await story.system.health('/readyz')).toMatchObject({
          status: 200,
          json: {
            degraded: [
              {part: 'kafka', reason: expect.stringMatching(/^bus-unavailable/)},
              {part: 'notify', reason: expect.stringMatching(/^notify-unavailable/)},
            ],
          },
        });
        expect((await story.ask({grantId: new Uint8Array(16)})).txId).toHaveLength(64);
        await story.system.engines.control('start', 'kafka');
        await until(async () => (await waiting()).length === 1);
      },
      START_MS,
    );

    it(
      'without the chain it stays ready for reads, says since when and where it stands, and releases nothing',
      async () => {
        const ledger = async (): Promise<object | undefined> =>
          ((await story.system.health('/readyz')).json as {degraded?: {part: string}[]}).degraded?.find(
            ({part}) => part === 'ledger',
          );
        await story.system.engines.control('kill', 'comet-0');
        await until(async () => (await ledger()) !== undefined);
        expect((await story.system.health('/readyz')).status).toBe(200);
        expect(await ledger()).toEqual({
          part: 'ledger',
          at: expect.stringMatching(/^\d+$/),
          since: expect.stringMatching(/^\d{4}-/),
          reason: 'no validator shows a header that verifies',
        });
        expect((await story.system.call('GET', `/v1/transactions/${story.permit}`)).status).toBe(200);
        expect(await story.system.health('/livez')).toMatchObject({status: 200});
        expect(
          await story.system.post(
            story.system.tx({case: 'removeDevice', value: {owner: patient.id, device: device.id, registration: 1}}, [
              patient,
            ]),
          ),
        ).toMatchObject({status: 503, json: {code: 'ledger-unavailable'}});
        await expect(story.release(story.permit)).rejects.toMatchObject({code: 'ledger-unavailable'});
      },
      START_MS,
    );
  });
}
