import {runMigrations} from '@vitalvault/postgres';
import {startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import {setTimeout} from 'node:timers/promises';
import pg from 'pg';
import {openDatabase} from '../src/adapters/prisma/database.js';
import type {Database} from '../src/adapters/prisma/database.js';
import {PrismaAnchorStore} from '../src/adapters/prisma/prisma-anchor-store.js';

/** Whose entries wait, looked at by two replicas at once. */
describe('owners who wait, and two replicas', () => {
  let engines: Engines;
  let database: Database;
  let anchors: PrismaAnchorStore;
  let other: pg.Client;

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    const databaseUrl = engines.databaseUrl('vv_storage');
    await runMigrations({databaseUrl, dir: join(import.meta.dirname, '..', 'prisma', 'migrations')});
    database = openDatabase({databaseUrl});
    anchors = new PrismaAnchorStore(database);
    other = new pg.Client({connectionString: databaseUrl});
    await other.connect();
  });

  afterAll(async () => {
    await other.end();
    await database.$disconnect();
    await engines.stop();
  });

  beforeEach(() => database.$executeRawUnsafe('TRUNCATE records, skips, waiting_owners, wakes CASCADE'));

  let entries = 0;
  const come = (patient: string): Promise<number> =>
    database.$executeRaw`
      INSERT INTO skips (skip_id, device, registration, sequence, patient, skip, signature)
      VALUES (${String(++entries)}, ${patient}, 1, ${entries}, ${patient}, '', '')`;
  // As by an outcome that a block has: nothing of hers waits, and nobody is woken.
  const settled = (): Promise<number> => database.$executeRaw`UPDATE skips SET state = 3`;
  const namesOf = (owners: readonly {patient: string; lanes: readonly unknown[]}[]): string[] =>
    owners.filter(({lanes}) => lanes.length > 0).map(({patient}) => patient);

  it('who is forgotten late by one, and has an entry since, is still found by both', async () => {
    await come('p');
    await settled();
    const go = Promise.withResolvers<undefined>();
    const slow = new PrismaAnchorStore(
      new Proxy(database, {
        get: (target, name) => {
          if (name !== '$executeRaw') return Reflect.get(target, name) as unknown;
          return async (text: TemplateStringsArray, ...values: unknown[]) => {
            if (text.join('').includes('DELETE FROM waiting_owners')) await go.promise;
            return target.$executeRaw(text, ...values);
          };
        },
      }),
    );
    const late = slow.awake('', 25);
    await setTimeout(500);
    expect(namesOf(await anchors.awake('', 25))).toEqual([]);
    expect(await database.waitingOwner.count()).toBe(0);
    await come('p');
    expect(namesOf(await anchors.awake('', 25))).toEqual(['p']);
    go.resolve(undefined);
    await late;
    expect(namesOf(await anchors.awake('', 25))).toEqual(['p']);
  });

  it('who is in neither table is found and woken, and nobody else', async () => {
    for (const patient of ['p', 'q', 'r', 's']) await come(patient);
    expect(await anchors.wakeLost('', 9)).toEqual({last: 's', lost: 0});
    await anchors.awake('', 25);
    await keep(['r'], 1);
    await database.$executeRaw`DELETE FROM waiting_owners WHERE patient IN ('p', 's')`;
    expect(await anchors.wakeLost('', 3)).toEqual({last: 'r', lost: 1});
    expect(await anchors.wakeLost('r', 3)).toEqual({last: 's', lost: 1});
    expect(await anchors.wakeLost('', 9)).toEqual({last: 's', lost: 0});
    expect(namesOf(await anchors.awake('', 25))).toEqual(['p', 'q', 's']);
  });

  it('a look that waits for a row of another one is kept, unless she was woken', async () => {
    for (const patient of ['a', 'z']) await come(patient);
    await anchors.awake('', 25);
    await other.query('BEGIN; UPDATE waiting_owners SET held = 7');
    const done = keep(['z', 'a'], 1);
    await setTimeout(300);
    await other.query("UPDATE waiting_owners SET woken = 1000 WHERE patient = 'z'; COMMIT");
    await done;
    expect(await database.waitingOwner.findMany({orderBy: {patient: 'asc'}})).toMatchObject([
      {patient: 'a', rests: 1, held: 0},
      {patient: 'z', rests: 0, held: 7},
    ]);
  });

  // Wakes lock rows by patient, ascending: whoever locks them in another order would end in a deadlock with one.
  it.each([
    ['what looks have found is kept', () => keep(['z', 'a'], 2)],
    ['who has nothing left is forgotten', () => settled().then(() => anchors.rested(100, 25))],
  ])('%s in the order of wakes', async (_, step) => {
    for (const patient of ['z', 'a']) {
      await come(patient);
      await anchors.awake('', 25);
    }
    await keep(['z', 'a'], 1);
    await other.query("BEGIN; SELECT FROM waiting_owners WHERE patient = 'a' FOR UPDATE");
    const done = step();
    await setTimeout(500);
    await other.query("SELECT FROM waiting_owners WHERE patient = 'z' FOR UPDATE");
    await other.query('COMMIT');
    await done;
  });

  async function keep(patients: readonly string[], rests: number): Promise<void> {
    const rows = new Map((await database.waitingOwner.findMany()).map((row) => [row.patient, row]));
    await anchors.looked(
      patients.map((patient, place) => ({
        patient,
        woken: rows.get(patient)?.woken ?? 0n,
        rests,
        held: 0,
        lookAtMs: place,
        looks: 0,
      })),
    );
  }
});
