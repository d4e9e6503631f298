import {observe, recently} from '@vitalvault/process';
import type {Database} from './database.js';
import type {Prisma} from './gen/client.js';

const EVERY_MS = 10_000;
const MOST_COUNTED = 5_000;

type Session = Pick<Database, '$queryRaw'>;

interface Waiting {
  readonly count: number;
  /** Unix milliseconds; undefined: none waits. */
  readonly oldestMs: number | undefined;
}

/** Tells what is taken and waits, and how old the oldest of it is; each look reads a bounded part of an index. */
export function watchBacklog(database: Session, now: () => number): void {
  const look = recently(EVERY_MS, async () => [await toPack(database), await toAnchor(database)] as const);
  const ageOf = ({oldestMs}: Waiting): number => (oldestMs === undefined ? 0 : Math.max(0, (now() - oldestMs) / 1_000));
  const each = (value: (waiting: Waiting) => number) => async () => {
    const [pack, anchor] = await look();
    return [
      {labels: {state: 'to-pack'}, value: value(pack)},
      {labels: {state: 'to-anchor'}, value: value(anchor)},
    ] as const;
  };
  observe(
    'vitalvault.storage.backlog',
    each(({count}) => count),
  );
  observe('vitalvault.storage.backlog_age', each(ageOf));
  const packs = recently(EVERY_MS, () => packsOf(database));
  observe('vitalvault.storage.packs', async () => {
    const {making, failing, dropping} = await packs();
    return [
      {labels: {state: 'making'}, value: making},
      {labels: {state: 'failing'}, value: failing},
      {labels: {state: 'dropping'}, value: dropping},
    ] as const;
  });
}

interface Row {
  readonly count: bigint;
  readonly oldest: Prisma.Decimal | null;
}

const waitingOf = ([row]: readonly Row[]): Waiting => ({
  count: Number(row?.count ?? 0n),
  oldestMs: row === undefined || row.oldest === null ? undefined : Number(row.oldest),
});

export const toPack = async (database: Session): Promise<Waiting> =>
  waitingOf(
    await database.$queryRaw<Row[]>`
      SELECT (SELECT count(*) FROM (SELECT FROM waiting_ciphertexts LIMIT ${MOST_COUNTED}) AS waiting) AS count,
        (SELECT min(accepted_at_ms) FROM records WHERE record_id = ANY(ARRAY[
          (SELECT record_id FROM waiting_ciphertexts WHERE pack_root IS NULL ORDER BY place LIMIT 1),
          (SELECT record_id FROM waiting_ciphertexts WHERE pack_root IS NOT NULL ORDER BY place LIMIT 1)
        ])) AS oldest`,
  );

// 2: stored, said as the index says it.
export const toAnchor = async (database: Session): Promise<Waiting> =>
  waitingOf(
    await database.$queryRaw<Row[]>`
      SELECT count(*), min(accepted_at_ms) AS oldest FROM (
        SELECT accepted_at_ms FROM records WHERE state = 2 AND anchor_tx IS NULL LIMIT ${MOST_COUNTED}
      ) AS waiting`,
  );

export async function packsOf(database: Session): Promise<Record<'making' | 'failing' | 'dropping', number>> {
  const [row] = await database.$queryRaw<{making: bigint; failing: bigint; dropping: bigint}[]>`
    SELECT count(*) FILTER (WHERE state = 'making' AND failures = 0) AS making,
      count(*) FILTER (WHERE state = 'making' AND failures > 0) AS failing,
      count(*) FILTER (WHERE state = 'dropping') AS dropping
    FROM (SELECT state, failures FROM packs WHERE state <> 'pinned' LIMIT ${MOST_COUNTED}) AS in_work`;
  const {making = 0n, failing = 0n, dropping = 0n} = row ?? {};
  return {making: Number(making), failing: Number(failing), dropping: Number(dropping)};
}
