import {sweepRows} from '@vitalvault/postgres';
import type {DeliveryQueue, DueDelivery, RoomForDeliveries} from '../../application/ports.js';
import {fromRow} from './alert-row.js';
import {inTransaction} from './database.js';
import type {Database, Session} from './database.js';
import {Prisma} from './gen/client.js';

const MAX_OUTCOME = 60;
/** So many webhooks in the order of their turns are looked at for those whose host has room. */
const LOOKED_AT = 512;
const KEPT_DAYS = 30;

/**
 * Waiting deliveries in PostgreSQL. Webhooks take turns: one that is taken has no turn until its delivery ended, here
 * and in every other process, or until the lease did.
 */
export class PrismaDeliveryQueue implements DeliveryQueue {
  constructor(private readonly database: Database) {}

  async claim({limit, ofHost, underWay, leaseMs}: RoomForDeliveries): Promise<DueDelivery[]> {
    const [hosts, counts] = [[...underWay.keys()], [...underWay.values()]];
    const full = hosts.filter((host) => (underWay.get(host) ?? 0) >= ofHost);
    const taken = await this.database.$queryRaw<{webhook_id: bigint; id: bigint | null}[]>`
      WITH waiting AS (
        SELECT id, host, turn_at FROM webhooks WHERE turn_at <= now() AND host <> ALL(${full}::text[])
        ORDER BY turn_at LIMIT ${LOOKED_AT} FOR NO KEY UPDATE SKIP LOCKED
      ), placed AS (
        SELECT id, turn_at, row_number() OVER (PARTITION BY host ORDER BY turn_at) + coalesce(count, 0) AS place
        FROM waiting LEFT JOIN unnest(${hosts}::text[], ${counts}::int[]) AS busy (host, count) USING (host)
      ), taken AS (
        UPDATE webhooks SET turn_at = now() + ${leaseMs}::int * interval '1 millisecond',
          rest_until = now() + ${leaseMs}::int * interval '1 millisecond'
        WHERE id IN (SELECT id FROM placed WHERE place <= ${ofHost}::int ORDER BY turn_at LIMIT ${limit})
        RETURNING id
      ), first AS (
        SELECT taken.id AS webhook_id, due.id FROM taken LEFT JOIN LATERAL (
          SELECT id FROM deliveries WHERE webhook_id = taken.id AND state = 'pending' AND next_attempt_at <= now()
          ORDER BY next_attempt_at LIMIT 1
        ) AS due ON true
      ), tried AS (
        UPDATE deliveries SET attempts = attempts + 1 WHERE id IN (SELECT id FROM first)
      )
      SELECT webhook_id, id FROM first`;
    // What waited was deleted.
    for (const {webhook_id: webhookId, id} of taken) if (id === null) await this.#end(webhookId, 0, () => undefined);
    return this.#read(taken.flatMap(({id}) => (id === null ? [] : [id])));
  }

  async delivered({id, webhook}: DueDelivery): Promise<void> {
    await this.#end(webhook.id, 0, async (session) => {
      await session.delivery.updateMany({where: {id}, data: {state: 'delivered', lastOutcome: 'delivered'}});
      await session.webhook.updateMany({where: {id: webhook.id}, data: {failures: 0}});
    });
  }

  async failed(
    {id, webhook}: DueDelivery,
    {againInMs, restMs, outcome}: {againInMs: number | undefined; restMs: number; outcome: string},
  ): Promise<void> {
    await this.#end(webhook.id, restMs, async (session) => {
      await session.$executeRaw`
        UPDATE deliveries SET last_outcome = ${outcome.slice(0, MAX_OUTCOME)}, state = ${againInMs === undefined ? 'failed' : 'pending'},
          next_attempt_at = now() + ${againInMs ?? 0}::int * interval '1 millisecond'
        WHERE id = ${id}`;
      await session.webhook.updateMany({where: {id: webhook.id}, data: {failures: webhook.failures + 1}});
    });
  }

  /** Deletes what was queued more than 30 days ago: the alert itself stays in her list. */
  prune(now: Date, most: number): Promise<number> {
    const over = Prisma.sql`queued_at < ${new Date(now.getTime() - KEPT_DAYS * 86_400_000)}`;
    return sweepRows(this.database, {table: 'deliveries', oldest: 'queued_at', over}, most);
  }

  async #read(ids: readonly bigint[]): Promise<DueDelivery[]> {
    if (ids.length === 0) return [];
    const rows = await this.database.delivery.findMany({
      where: {id: {in: [...ids]}},
      include: {alert: true, webhook: true},
      orderBy: {id: 'asc'},
    });
    return rows.map(({id, alert, webhook: {id: webhookId, url, secret, host, failures}, attempts}) => ({
      id,
      attempts,
      alert: fromRow(alert),
      webhook: {id: webhookId, url, secret, host, failures},
      traceparent: alert.traceparent ?? undefined,
    }));
  }

  /** Notes how a delivery went and gives its webhook the next turn, if something waits for it. */
  async #end(webhookId: bigint, restMs: number, note: (session: Session) => unknown): Promise<void> {
    await inTransaction(this.database, async (session) => {
      // Whoever queues an alert meanwhile waits here, or is seen below: by a statement that begins after the lock.
      await session.$queryRaw`SELECT 1 AS locked FROM webhooks WHERE id = ${webhookId} FOR NO KEY UPDATE`;
      await note(session);
      await session.$executeRaw`
        WITH rest AS (SELECT now() + ${restMs}::int * interval '1 millisecond' AS until)
        UPDATE webhooks SET rest_until = rest.until, turn_at = (
          SELECT GREATEST(next_attempt_at, rest.until) FROM deliveries
          WHERE webhook_id = webhooks.id AND state = 'pending' ORDER BY next_attempt_at LIMIT 1)
        FROM rest WHERE id = ${webhookId}`;
    });
  }
}
