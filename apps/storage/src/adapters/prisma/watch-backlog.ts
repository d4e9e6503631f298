import {observe, recently} from '@vitalvault/process';
import type {Database} from './database.js';
import type {Prisma} from './gen/client.js';

const EVERY_MS = 10_000;
const MOST_COUNTED = 5_000;
const MOST_PACKS = 1_000;

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

// Nothing is sorted by age: of what is free the next one is taken, which owners' turns keep near the oldest, and of
// what is in packs one of each.
export const toPack = async (database: Session): Promise<Waiting> =>
  waitingOf(
    await database.$queryRaw<Row[]>`
      SELECT (SELECT count(*) FROM (SELECT FROM waiting_ciphertexts LIMIT ${MOST_COUNTED}) AS waiting) AS count,
        (SELECT min(accepted_at_ms) FROM records WHERE record_id = ANY(ARRAY(
          (SELECT record_id FROM waiting_ciphertexts WHERE pack_root IS NULL ORDER BY turn, place LIMIT 1)
          UNION ALL
          SELECT one.record_id
          FROM (SELECT root FROM packs WHERE state = 'making' ORDER BY lease_until LIMIT ${MOST_PACKS}) AS pack,
            LATERAL (SELECT record_id FROM waiting_ciphertexts WHERE pack_root = pack.root LIMIT 1) AS one
        ))) AS oldest`,
  );

// 2: stored, said as the index says it; without its order the whole table may be read for them.
export const toAnchor = async (database: Session): Promise<Waiting> =>
  waitingOf(
    await database.$queryRaw<Row[]>`
      SELECT count(*), min(accepted_at_ms) AS oldest FROM (
        SELECT accepted_at_ms FROM records WHERE state = 2 AND anchor_tx IS NULL
        ORDER BY patient, device, registration, sequence LIMIT ${MOST_COUNTED}
      ) AS waiting`,
  );

export async function packsOf(database: Session): Promise<Record<'making' | 'failing' | 'dropping', number>> {
  const [row] = await database.$queryRaw<{making: bigint; failing: bigint; dropping: bigint}[]>`
    SELECT count(*) FILTER (WHERE failures = 0) AS making, count(*) FILTER (WHERE failures > 0) AS failing,
      (SELECT count(*) FROM (SELECT FROM packs WHERE state = 'dropping' LIMIT ${MOST_COUNTED}) AS dropping) AS dropping
    FROM (SELECT failures FROM packs WHERE state = 'making' LIMIT ${MOST_COUNTED}) AS making`;
  const {making = 0n, failing = 0n, dropping = 0n} = row ?? {};
  return {making: Number(making), failing: Number(failing), dropping: Number(dropping)};
}
