import {JunkMessage, TOPICS, alertOf, encodeCanonical, fromHex, sha256Of, toHex} from '@vitalvault/contracts';
import {AlertKind, AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {Alert} from '@vitalvault/contracts/gen/events/v1/events';
import {PEOPLE, testKey} from '@vitalvault/ledger-state/testing';
import {runMigrations} from '@vitalvault/postgres';
import {startEngines} from '@vitalvault/testkit';
import type {Engines} from '@vitalvault/testkit';
import {join} from 'node:path';
import {permitted} from '../../apps/policy/test/support/release-attempts.js';
import {FollowedNotify} from './followed-notify.js';

const {patient, clinician} = PEOPLE;

/** policy's releases with the real notify over its real tables, which somebody else told something first. */
describe('the alert before the key, when somebody else wrote to notify first', () => {
  let engines: Engines;
  let notify: FollowedNotify;

  beforeAll(async () => {
    engines = await startEngines({only: ['postgres']});
    await runMigrations({
      databaseUrl: engines.databaseUrl('vv_notify'),
      dir: join(import.meta.dirname, '..', '..', 'apps', 'notify', 'prisma', 'migrations'),
    });
    notify = new FollowedNotify(engines.databaseUrl('vv_notify'));
  });
  beforeEach(() => notify.database.$executeRaw`TRUNCATE alerts, patients CASCADE`);
  afterAll(async () => {
    await notify.database.$disconnect();
    await engines.stop();
  });

  const story = async () => {
    const made = await permitted();
    made.story.notify = (alert) => notify.queueAlert(alert);
    // What the ledger's event will tell, and policy before it opens a seal.
    const hers = {kind: AlertKind.ACCESS_PERMITTED, subject: made.tx, reader: toHex(clinician.id), permit: true};
    return {...made, hers: expect.objectContaining({...hers, request: expect.any(Uint8Array) as Uint8Array}) as object};
  };
  /** An alert of that transaction as somebody who is not policy tells it. */
  const forged = (tx: string, change: Partial<Alert> = {}): Alert =>
    alertOf({patient: patient.id, kind: AlertKind.ACCESS_PERMITTED, raisedAtMs: 1n, subject: fromHex(tx), ...change});

  it.each<[string, Partial<Alert>]>([
    ['under another patient', {patient: testKey('another').id}],
    ['without the reader', {}],
    ['as a refusal', {reader: clinician.id, permit: false}],
    ['with another reader', {reader: testKey('innocent').id, permit: true}],
  ])('%s, hers comes all the same, and before the key', async (_what, change) => {
    const {story: policy, records, tx, hers} = await story();
    await notify.take(TOPICS.alerts, [encodeCanonical(AlertSchema, forged(tx, change))]);
    let before: unknown[] = [];
    policy.meanwhile.open = async () => void (before = await notify.alertsOf(patient.id));
    await policy.release(tx, records);
    expect(before).toContainEqual(hers);
    expect(policy.steps).toEqual(['alert', 'open']);
  });

  it('with the id of hers and other words, it is not taken, by Kafka or gRPC, and hers is', async () => {
    const {story: policy, records, tx, hers} = await story();
    await policy.release(tx, records);
    const [{alertId} = {alertId: new Uint8Array()}] = policy.alerts;
    await notify.database.$executeRaw`TRUNCATE alerts, patients CASCADE`;
    const false_ = {...forged(tx, {reader: testKey('innocent').id}), alertId};
    await expect(notify.queueAlert(false_)).rejects.toMatchObject({code: 'invalid-field'});
    await expect(notify.take(TOPICS.alerts, [encodeCanonical(AlertSchema, false_)])).rejects.toThrow(JunkMessage);
    await policy.release(tx, records);
    expect(await notify.alertsOf(patient.id)).toEqual([hers]);
  });

  it('policy releases nothing while notify does not take the alert as it is', async () => {
    const {story: policy, records, tx} = await story();
    policy.notify = (alert) => notify.queueAlert({...alert, reader: testKey('innocent').id});
    await expect(policy.release(tx, records)).rejects.toMatchObject({code: 'invalid-field'});
    expect([policy.steps, policy.register.requests, await notify.alertsOf(patient.id)]).toEqual([[], [], []]);
  });

  it('each answer is told too, by its number', async () => {
    const {story: policy, records, tx, hers} = await story();
    for (let i = 0; i < 3; i++) await policy.release(tx, records);
    await notify.take(
      TOPICS.alerts,
      policy.register.told.map(({value}) => value),
    );
    const [first, ...answers] = await notify.alertsOf(patient.id);
    expect(first).toEqual(hers);
    expect(answers).toMatchObject(
      policy.register.requests.map((request, i) => ({
        kind: AlertKind.KEYS_RELEASED,
        subject: `${tx}0000000${String(i + 1)}${toHex(sha256Of(request))}`,
        permit: true,
      })),
    );
  });

  it("is one with the ledger's own event, whichever comes first", async () => {
    const {story: policy, records, tx, hers} = await story();
    const events = policy.store.rows.announcements.filter(({topic}) => topic === TOPICS.ledgerEvents);
    const last = events.at(-1)?.value ?? new Uint8Array();
    await policy.release(tx, records);
    await notify.take(TOPICS.ledgerEvents, [last]);
    expect(await notify.alertsOf(patient.id)).toEqual([hers]);
    await notify.database.$executeRaw`TRUNCATE alerts, patients CASCADE`;
    await notify.take(TOPICS.ledgerEvents, [last]);
    await policy.release(tx, records);
    expect(await notify.alertsOf(patient.id)).toEqual([hers]);
  });
});
