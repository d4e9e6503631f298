import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {LIMITS} from '@vitalvault/contracts';
import {runMigrations} from '@vitalvault/postgres';
import {startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import pg from 'pg';
import {releasableRows} from '../src/adapters/prisma/prisma-release-store.js';
import type {PlaceInRelease} from '../src/domain/place-in-release.js';

const PATIENT = '11'.repeat(20);
const tag = (n: number): string => n.toString(16).padStart(32, '0');
const ALL_TYPES = tag(0);
/** Of one patient: a hundred an hour, of four types in turn, and few of a fifth. Then a thousand each of 600 others. */
const [HERS, OTHERS, AN_HOUR, TYPES, RARE, RARELY] = [400_000, 600_000, 100, 4, 9, 40_000];
const HOURS = HERS / AN_HOUR;
const SMALL = 2_000;

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks': number;
  readonly 'Shared Read Blocks': number;
  readonly 'Actual Rows': number;
  readonly Plans?: readonly Node[];
}

/** What a page of a release costs PostgreSQL, by its own account: the plan and the buffers of 8 KiB, not the time. */
describe('the query of a release, with a million records', () => {
  let engines: Engines;
  let database: pg.Client;

  /** Those with these numbers, with keys and devices. */
  async function insert(from: number, to: number): Promise<void> {
    await database.query(
      `INSERT INTO records (record_id, device, registration, sequence, patient, type_tag, slot, header, ciphertext_hash,
         ciphertext_bytes, inner_key_hash, sealed_key_hash, signature, receipt, accepted_at_ms, state, cid, log_index)
       SELECT lpad(to_hex(n), 64, '0'), left(patient, 40), 1, n, patient,
         lpad(to_hex(CASE WHEN place % $7 = $7 - 1 THEN $8 ELSE place % $3 END), 32, '0'), place / $4,
         '\\x00', '\\x00', 256, '\\x00', '\\x00', '\\x00', '\\x00', 0, 3, 'cid', place
       FROM (
         SELECT n, CASE WHEN n < $1 THEN $5 ELSE lpad(to_hex(n / 1000), 40, 'f') END AS patient,
           CASE WHEN n < $1 THEN n ELSE n % 1000 END AS place
         FROM generate_series($6::int, $2::int - 1) AS n) AS made`,
      [HERS, to, TYPES, AN_HOUR, PATIENT, from, RARELY, RARE],
    );
    await database.query(
      "INSERT INTO sealed_keys (record_id, sealed_key) SELECT lpad(to_hex(n), 64, '0'), '\\x00' FROM generate_series($1::int, $2::int - 1) AS n",
      [from, to],
    );
  }

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    const databaseUrl = engines.databaseUrl('vv_storage');
    await runMigrations({databaseUrl, dir: join(import.meta.dirname, '../prisma/migrations')});
    database = new pg.Client({connectionString: databaseUrl});
    await database.connect();
    // No wakes and no foreign keys: a million of each is not what is asked about.
    await database.query('SET session_replication_role = replica');
    for (const table of ['records', 'sealed_keys', 'devices'])
      await database.query(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
    // The planner's statistics are of a beginning in which she was alone; what came since it does not know of.
    await insert(0, SMALL);
    await database.query("INSERT INTO devices (device, public_key) VALUES ($1, '\\x00')", [PATIENT]);
    await database.query('ANALYZE');
    await insert(SMALL, HERS + OTHERS);
    // Hers among those of all others: of a handful, reading them all would be the cheapest plan.
    await database.query(
      `INSERT INTO devices (device, public_key)
       SELECT lpad(to_hex(n), 40, '0'), '\\x00'::bytea FROM generate_series(1, 200000) AS n`,
    );
  }, 600_000);

  afterAll(async () => {
    await database.end();
    await engines.stop();
  });

  async function planOf(typeTag: string, [slotFrom, slotTo]: readonly [number, number], from: PlaceInRelease) {
    const request = {
      ...{txId: '', signerKeyId: '', patient: PATIENT, typeTag, slotFrom, slotTo, permit: true},
      ...{recordLogSize: BigInt(HERS), releaseUntilHeight: 1n, releaseUntilTime: 1n},
    };
    const {text, values} = releasableRows(request, from, LIMITS.releasePage + 1);
    const {rows} = await database.query<{'QUERY PLAN': [{Plan: Node}]}>(
      `EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) ${text}`,
      values as never[],
    );
    const plan = (rows[0] as (typeof rows)[0])['QUERY PLAN'][0].Plan;
    const nodes = [plan];
    for (const node of nodes) nodes.push(...(node.Plans ?? []));
    return {
      rows: plan['Actual Rows'],
      buffers: plan['Shared Hit Blocks'] + plan['Shared Read Blocks'],
      sequential: nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name']),
    };
  }

  const page = LIMITS.releasePage + 1;
  const CASES: [string, string, readonly [number, number], PlaceInRelease | undefined, number][] = [
    ['two hours of one type, at the end', tag(1), [HOURS - 2, HOURS - 1], undefined, 50],
    ['two hours of one type, at the beginning', tag(1), [0, 1], undefined, 50],
    ['two hours of all types', ALL_TYPES, [HOURS / 2, HOURS / 2 + 1], undefined, 200],
    ['hours in which there is nothing', tag(1), [HOURS + 10, HOURS + 20], undefined, 0],
    ['a type that she does not have', tag(8), [0, HOURS], undefined, 0],
    ['all of a type that is rare', tag(RARE), [0, HOURS], undefined, HERS / RARELY],
    ['all that she has', ALL_TYPES, [0, HOURS], undefined, page],
    ['all that she has, from the middle', ALL_TYPES, [0, HOURS], {slot: HOURS / 2, logIndex: BigInt(HERS / 2)}, page],
    ['all that she has, the end', ALL_TYPES, [0, HOURS], {slot: HOURS - 1, logIndex: BigInt(HERS - 10)}, 10],
    ['all of one type', tag(1), [0, HOURS], undefined, page],
    ['all of one type, from the middle', tag(1), [0, HOURS], {slot: HOURS / 2, logIndex: BigInt(HERS / 2)}, page],
    ['a page that nobody named, behind the end', ALL_TYPES, [0, 1], {slot: HOURS - 1, logIndex: 0n}, 0],
  ];

  async function costs(): Promise<void> {
    const wrong: unknown[] = [];
    for (const [what, typeTag, hours, from, count] of CASES) {
      const plan = await planOf(typeTag, hours, from ?? {slot: hours[0], logIndex: 0n});
      // Each row has its own page, its sealed key and its device; nothing is looked at in vain.
      if (plan.rows !== count || plan.sequential.length > 0 || plan.buffers >= 30 + 12 * count)
        wrong.push({what, count, ...plan});
    }
    expect(wrong).toEqual([]);
  }

  it('few buffers, whatever else she has, by statistics of a small beginning', costs, 60_000);

  it('few buffers without statistics', async () => {
    await database.query(
      "DELETE FROM pg_statistic WHERE starelid = ANY (ARRAY['records', 'sealed_keys', 'devices']::regclass[])",
    );
    await costs();
  }, 60_000);

  it('few buffers by the statistics of now', async () => {
    await database.query('VACUUM ANALYZE');
    await costs();
  }, 120_000);
});
