import type {DeliveryQueue, DueDelivery} from '../../application/ports.js';
import {fromRow} from './alert-row.js';
import type {Database} from './database.js';

const MAX_OUTCOME = 60;

/** Waiting deliveries in PostgreSQL; what one process has taken another one leaves alone. */
export class PrismaDeliveryQueue implements DeliveryQueue {
  constructor(private readonly database: Database) {}

  async claim(limit: number, leaseMs: number): Promise<DueDelivery[]> {
    const taken = await this.database.$queryRaw<{id: bigint}[]>`
      UPDATE deliveries SET attempts = attempts + 1, next_attempt_at = now() + ${leaseMs}::int * interval '1 millisecond'
      WHERE id IN (SELECT id FROM deliveries WHERE state = 'pending' AND next_attempt_at <= now() ORDER BY next_attempt_at LIMIT ${limit} FOR UPDATE SKIP LOCKED)
      RETURNING id`;
    if (taken.length === 0) return [];
    const rows = await this.database.delivery.findMany({
      where: {id: {in: taken.map(({id}) => id)}},
      include: {alert: true, webhook: true},
      orderBy: {id: 'asc'},
    });
    return rows.map(({id, alert, webhook, attempts}) => ({
      id,
      attempts,
      alert: fromRow(alert),
      webhook: {url: webhook.url, secret: webhook.secret},
      traceparent: alert.traceparent ?? undefined,
    }));
  }

  async delivered(id: bigint): Promise<void> {
    await this.database.delivery.updateMany({where: {id}, data: {state: 'delivered', lastOutcome: 'delivered'}});
  }

  async failed(id: bigint, inMs: number | undefined, outcome: string): Promise<void> {
    await this.database.$executeRaw`
      UPDATE deliveries SET last_outcome = ${outcome.slice(0, MAX_OUTCOME)}, state = ${inMs === undefined ? 'failed' : 'pending'}, next_attempt_at = now() + ${inMs ?? 0}::int * interval '1 millisecond'
      WHERE id = ${id}`;
  }
}
