import type {AlertQueue, AlertToQueue, Effects} from '../../application/ports.js';
import type {QueuedAlert} from '../../domain/alert.js';
import type {PatientKey} from '../../domain/ledger-event.js';
import {fromRow, toRow} from './alert-row.js';
import {savePosition} from '@vitalvault/postgres';
import {inTransaction} from './database.js';
import type {Database, Session} from './database.js';

/**
 * Alerts in PostgreSQL. A patient's row is locked while her alerts get their numbers, so that numbers become visible in
 * their order.
 */
export class PrismaAlertQueue implements AlertQueue {
  constructor(private readonly database: Database) {}

  async save({alerts, keys, advance}: Effects): Promise<ReadonlySet<string>> {
    return inTransaction(this.database, async (session) => {
      const fresh = await queueAll(session, alerts);
      await putKeys(session, keys ?? []);
      if (advance !== undefined) await savePosition(session, advance);
      return fresh;
    });
  }

  async page({
    patient,
    after,
    limit,
    pushedOnly,
  }: {
    patient: string;
    after: bigint;
    limit: number;
    pushedOnly: boolean;
  }): Promise<QueuedAlert[]> {
    const rows = await this.database.alert.findMany({
      where: {patient, seq: {gt: after}, ...(pushedOnly ? {pushed: true} : {})},
      orderBy: {seq: 'asc'},
      take: limit,
    });
    return rows.map(fromRow);
  }

  async acknowledge(patient: string, alertId: string): Promise<boolean> {
    const {count} = await this.database.alert.updateMany({where: {patient, alertId}, data: {acknowledged: true}});
    return count === 1;
  }
}

async function queueAll(session: Session, alerts: readonly AlertToQueue[]): Promise<ReadonlySet<string>> {
  const fresh = new Set<string>();
  // One order of locks for everybody, so that two batches cannot wait for each other.
  for (const patient of [...new Set(alerts.map(({alert}) => alert.patient))].toSorted()) {
    const own = alerts.filter(({alert}) => alert.patient === patient);
    for (const id of await queueOf(session, patient, own)) fresh.add(id);
  }
  return fresh;
}

async function queueOf(session: Session, patient: string, alerts: readonly AlertToQueue[]): Promise<string[]> {
  // By the clock: a number that a database has lost, which was set back, is not given again. Whoever goes on behind the
  // last that she saw would never see what has it now.
  const [locked] = await session.$queryRaw<{last: bigint}[]>`
    INSERT INTO patients (patient) VALUES (${patient}) ON CONFLICT (patient) DO UPDATE SET patient = EXCLUDED.patient
      RETURNING GREATEST(last_seq, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint) AS last`;
  const known = new Set(
    (
      await session.alert.findMany({
        where: {alertId: {in: alerts.map(({alert}) => alert.alertId)}},
        select: {alertId: true},
      })
    ).map(({alertId}) => alertId),
  );
  const fresh = new Map<string, AlertToQueue>();
  // The id is of all that an alert says: what is known says the same, to the same patient.
  for (const one of alerts)
    if (!known.has(one.alert.alertId) && !fresh.has(one.alert.alertId)) fresh.set(one.alert.alertId, one);
  let seq = locked?.last ?? 0n;
  if (fresh.size === 0) return [];
  await session.alert.createMany({data: [...fresh.values()].map((one) => toRow(one, ++seq))});
  await session.patient.update({where: {patient}, data: {lastSeq: seq}});
  await queueDeliveries(
    session,
    patient,
    [...fresh.values()].filter(({pushed}) => pushed).map(({alert}) => alert.alertId),
  );
  return [...fresh.keys()];
}

async function queueDeliveries(session: Session, patient: string, alertIds: readonly string[]): Promise<void> {
  if (alertIds.length === 0) return;
  const webhooks = await session.webhook.findMany({where: {patient}, select: {id: true}});
  if (webhooks.length === 0) return;
  await session.delivery.createMany({
    data: alertIds.flatMap((alertId) => webhooks.map(({id}) => ({alertId, webhookId: id}))),
  });
  // A turn that was further off comes now, but no rest is cut short.
  await session.$executeRaw`
    UPDATE webhooks SET turn_at = LEAST(turn_at, GREATEST(rest_until, now())) WHERE patient = ${patient}`;
}

// Nothing is replaced here: which key of hers stands is read from the places, however often and late an event comes.
async function putKeys(session: Session, keys: readonly PatientKey[]): Promise<void> {
  if (keys.length === 0) return;
  await session.patientKey.createMany({
    data: keys.map(({keyId, patient, publicKey, height, place}) => ({
      ...{keyId, patient, publicKey: Uint8Array.from(publicKey)},
      ...{height: String(height), place: BigInt(place)},
    })),
    skipDuplicates: true,
  });
}
