import {observe, recently} from '@vitalvault/process';
import type {Database} from './database.js';

const EVERY_MS = 10_000;
const MOST_COUNTED = 1_000;

/** Tells how many webhooks are due and how long the first is: a step in the index of turns for each. */
export function watchDeliveries(database: Pick<Database, '$queryRaw'>): void {
  const due = recently(EVERY_MS, () => dueOf(database));
  observe('vitalvault.notify.deliveries_due', async () => (await due()).count);
  observe('vitalvault.notify.deliveries_age', async () => (await due()).ageSeconds);
}

export async function dueOf(database: Pick<Database, '$queryRaw'>): Promise<{count: number; ageSeconds: number}> {
  const [row] = await database.$queryRaw<{count: bigint; age: number | null}[]>`
    SELECT count(*), EXTRACT(EPOCH FROM now() - min(turn_at))::float8 AS age FROM (
      SELECT turn_at FROM webhooks WHERE turn_at <= now() ORDER BY turn_at LIMIT ${MOST_COUNTED}
    ) AS due`;
  return {count: Number(row?.count ?? 0n), ageSeconds: row?.age ?? 0};
}
