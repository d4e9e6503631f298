import {alertOf, decodeCanonical, encodeCanonical} from '@vitalvault/contracts';
import {AlertKind, AlertSchema, LedgerEventSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {LedgerEvent} from '@vitalvault/contracts/gen/events/v1/events';
import {AccessLeafSchema} from '@vitalvault/contracts/gen/ledger/v1/state';
import {BodySchema} from '@vitalvault/contracts/gen/ledger/v1/tx';
import {extremeNumbers, sampleBody, SAMPLE_LEAVES, SAMPLE_MESSAGES} from '@vitalvault/ledger-state/testing';
import {runMigrations} from '@vitalvault/postgres';
import {startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import {openDatabase} from '../src/adapters/prisma/database.js';
import type {Database} from '../src/adapters/prisma/database.js';
import {PrismaAlertQueue} from '../src/adapters/prisma/prisma-alert-queue.js';
import {toAlertJson} from '../src/api/http/alert.dto.js';
import {readAlert} from '../src/domain/alert.js';
import type {NewAlert, QueuedAlert} from '../src/domain/alert.js';
import {effectsOf} from '../src/domain/ledger-event.js';
import type {PatientKey} from '../src/domain/ledger-event.js';
import {Patient, random} from './support/people.js';

/** Every uint32 and uint64 of what Kafka brings, at the ends of its range, into a real PostgreSQL and out as JSON. */
describe('no legal number stops notify', () => {
  let engines: Engines;
  let database: Database;
  let queue: PrismaAlertQueue;

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    const databaseUrl = engines.databaseUrl('vv_notify');
    await runMigrations({databaseUrl, dir: join(import.meta.dirname, '..', 'prisma', 'migrations')});
    database = openDatabase({databaseUrl});
    queue = new PrismaAlertQueue(database);
  });

  afterAll(async () => {
    await database.$disconnect();
    await engines.stop();
  });

  /** Queues it, and gives it back as it is kept. */
  const kept = async (alert: NewAlert, keys: readonly PatientKey[] = []): Promise<QueuedAlert> => {
    await queue.save({alerts: [{alert, traceparent: undefined, pushed: true}], keys});
    const page = await queue.page({patient: alert.patient, after: 0n, limit: 1_000, pushedOnly: true});
    const found = page.find(({alertId}) => alertId === alert.alertId);
    if (found === undefined) throw new Error('not kept');
    expect(JSON.stringify(toAlertJson(found))).toContain(String(alert.raisedAtMs));
    return found;
  };

  it('in an alert', async () => {
    const patient = new Patient();
    const sample = patient.alert(AlertKind.ACCESS_PERMITTED, random(32), {text: '', request: patient.request()});
    for (const {message} of extremeNumbers(AlertSchema, sample)) {
      const alert = readAlert(alertOf({...message, subject: random(32)}));
      if (alert instanceof Error) {
        // By rule: an alert has a time.
        expect(message.raisedAtMs).toBe(0n);
        continue;
      }
      expect(await kept(alert)).toMatchObject(alert);
    }
  });

  const events = Object.keys(SAMPLE_LEAVES) as (keyof typeof SAMPLE_LEAVES)[];
  const leafOf = (event: keyof typeof SAMPLE_LEAVES) => ({index: 1n, height: 1n, event: SAMPLE_LEAVES[event].event});
  const take = async (event: LedgerEvent): Promise<void> => {
    const {alert, key} = effectsOf(event);
    if (alert !== undefined) expect(await kept(alert, key === undefined ? [] : [key])).toMatchObject(alert);
  };

  it.each(events)('in an event of the ledger about %s', async (name) => {
    const body = encodeCanonical(BodySchema, sampleBody(SAMPLE_MESSAGES[SAMPLE_LEAVES[name].by]));
    const event = (): LedgerEvent =>
      decodeCanonical(
        LedgerEventSchema,
        encodeCanonical(LedgerEventSchema, {height: 1n, txId: random(32), patient: random(20), blockTime: 5n, body}),
      );
    for (const {message: leaf} of extremeNumbers(AccessLeafSchema, leafOf(name)))
      await take({...event(), accessLeaf: encodeCanonical(AccessLeafSchema, leaf)});
    const accessLeaf = encodeCanonical(AccessLeafSchema, leafOf(name));
    for (const {message: extreme} of extremeNumbers(LedgerEventSchema, event()))
      await take({...extreme, txId: random(32), accessLeaf});
  });
});
