import {afterAll, beforeAll, describe, expect, it} from '@jest/globals';
import {decodeCanonical, toHex} from '@vitalvault/contracts';
import {LedgerEventSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {revokeGrant} from '@vitalvault/ledger-state/testing';
import {runMigrations} from '@vitalvault/postgres';
import {MadeConsumer} from '@vitalvault/process/testing';
import {seededRandom, startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {randomBytes} from 'node:crypto';
import {join} from 'node:path';
import {openDatabase} from '../src/adapters/prisma/database.js';
import type {Database} from '../src/adapters/prisma/database.js';
import {PrismaAlertQueue} from '../src/adapters/prisma/prisma-alert-queue.js';
import {PrismaKeyResolver} from '../src/adapters/prisma/prisma-key-resolver.js';
import {effectsOf} from '../src/domain/ledger-event.js';
import {Patient, random} from './support/people.js';
import {access} from './notify-system.js';

const HISTORIES = 25;
const SEED = process.env['SEED'] ?? randomBytes(8).toString('hex');

/** What three patients' events leave behind, whoever brings them in which order. */
describe(`two replicas of policy that send what waits crosswise (SEED=${SEED})`, () => {
  const bytes = seededRandom(SEED);
  const below = (end: number): number => Buffer.from(bytes(4)).readUInt32BE() % end;
  let engines: Engines;
  let database: Database;

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    const databaseUrl = engines.databaseUrl('vv_notify');
    await runMigrations({databaseUrl, dir: join(import.meta.dirname, '../prisma/migrations')});
    database = openDatabase({databaseUrl});
  });
  afterAll(async () => {
    await database.$disconnect();
    await engines.stop();
  });

  /** Events of one patient as the ledger has them, with her keys from the first to the last. */
  function historyOf(patient: Patient): {events: Uint8Array[]; keyIds: string[]} {
    const events = [patient.enrolled()];
    const keyIds = [toHex(patient.keyId)];
    for (let left = 2 + below(6); left > 0; left--) {
      const grantId = random(16);
      const [kind] = [below(3)];
      if (kind === 0) events.push(patient.accessed(patient.request(), access(below(2) === 0)));
      else if (kind === 1)
        events.push(patient.event({case: 'grant', value: {grantId}}, revokeGrant(patient.id, grantId)));
      else {
        events.push(patient.newKey());
        keyIds.push(toHex(patient.keyId));
      }
    }
    return {events, keyIds};
  }

  /** Any order of all, some of them twice: more than two outboxes can do to the order. */
  function crosswise(events: readonly Uint8Array[]): Uint8Array[] {
    const sent = [...events, ...events.filter(() => below(2) === 0)];
    for (let at = sent.length - 1; at > 0; at--) {
      const other = below(at + 1);
      [sent[at], sent[other]] = [sent[other] as Uint8Array, sent[at] as Uint8Array];
    }
    return sent;
  }

  /** In batches, as Kafka brings them. */
  async function take(events: readonly Uint8Array[]): Promise<void> {
    const queue = new PrismaAlertQueue(database);
    const consumer = new MadeConsumer();
    for (let rest = events; rest.length > 0;) {
      const batch = rest.slice(0, 1 + below(4));
      rest = rest.slice(batch.length);
      const effects = batch.map((event) => effectsOf(decodeCanonical(LedgerEventSchema, event)));
      await queue.save({
        alerts: effects.flatMap(({alert}) =>
          alert === undefined ? [] : [{alert, pushed: true, traceparent: undefined}],
        ),
        keys: effects.flatMap(({key}) => (key === undefined ? [] : [key])),
        advance: consumer.advance(),
      });
    }
  }

  /** All that may be asked afterwards: who signs as whom, and which alerts each has. */
  async function state(): Promise<unknown> {
    const resolver = new PrismaKeyResolver(database, {mustGoOn: () => undefined});
    const keys = await database.patientKey.findMany({orderBy: {keyId: 'asc'}});
    const alerts = await database.alert.findMany({
      orderBy: {alertId: 'asc'},
      omit: {seq: true, queuedAt: true, acknowledged: true},
    });
    const speaks = await Promise.all(keys.map(async ({keyId}) => (await resolver.resolve(keyId))?.identity));
    return {keys: keys.map((key, index) => ({...key, height: String(key.height), speaks: speaks[index]})), alerts};
  }

  const forget = (): Promise<unknown> =>
    database.$executeRaw`TRUNCATE alerts, deliveries, patients, patient_keys, consumer_offsets`;

  it(`${String(HISTORIES)} histories: in any order and with duplicates the same is left as in theirs`, async () => {
    for (let round = 0; round < HISTORIES; round++) {
      const histories = Array.from({length: 3}, () => historyOf(new Patient()));
      const events = histories.flatMap((history) => history.events);
      await take(events);
      const inOrder = await state();
      await forget();
      await take(crosswise(events));
      expect(await state()).toEqual(inOrder);
      // The newest key of each, and no other.
      const resolver = new PrismaKeyResolver(database, {mustGoOn: () => undefined});
      for (const {keyIds} of histories)
        for (const [index, keyId] of keyIds.entries())
          expect((await resolver.resolve(keyId)) !== undefined).toBe(index === keyIds.length - 1);
      await forget();
    }
  });
});
