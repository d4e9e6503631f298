import type {WaitingOwner} from '../../application/ports.js';
import {STATE} from '../../domain/record.js';
import {bucketsOf} from './entry-buckets.js';
import type {Database} from './database.js';
import {Prisma} from './gen/client.js';

/** What no transaction carries. */
export const WAITING = Prisma.sql`(
  SELECT 'record'::text AS kind, record_id AS entry_id, patient, device, registration, sequence, slot, retry_at_ms FROM records WHERE state = ${Prisma.raw(String(STATE.stored))} AND anchor_tx IS NULL
  UNION ALL
  SELECT 'skip'::text, skip_id, patient, device, registration, sequence, 0::bigint, retry_at_ms FROM skips WHERE state = ${Prisma.raw(String(STATE.stored))} AND anchor_tx IS NULL
)`;

/** Registrations of one owner are bounded by the ledger; this is above any sane bound. */
const MOST_LANES = 1_024;

// Each table by itself, so that each takes one step in its own index: PostgreSQL sorts all that waits to merge them.
const firstOf = (where: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT * FROM (
    (SELECT patient, device, registration, sequence FROM records AS waiting WHERE state = ${Prisma.raw(String(STATE.stored))} AND anchor_tx IS NULL AND ${where}
      ORDER BY patient, device, registration, sequence LIMIT 1)
    UNION ALL
    (SELECT patient, device, registration, sequence FROM skips AS waiting WHERE state = ${Prisma.raw(String(STATE.stored))} AND anchor_tx IS NULL AND ${where}
      ORDER BY patient, device, registration, sequence LIMIT 1)
  ) AS either ORDER BY patient, device, registration, sequence LIMIT 1`;

interface LaneRow {
  readonly patient: string;
  readonly device: string;
  readonly registration: bigint;
  readonly first: string;
  readonly lowest_open: string | null;
  readonly removed_at_height: bigint | null;
  readonly removed_at_time: bigint | null;
}

/**
 * The next owners with something waiting, and their lanes: one step in an index for each, however much each of them
 * has.
 */
export async function waitingOwners(database: Database, after: string, owners: number): Promise<WaitingOwner[]> {
  const lanes = await lanesAfter(database, after, owners);
  const patients = [...new Set(lanes.map(({patient}) => patient))];
  const devices = [...new Set(lanes.map(({device}) => device))];
  const [buckets, underWay] = [
    await bucketsOf(database, [
      ...patients.map((owner) => ({kind: 'owner' as const, owner})),
      ...devices.map((owner) => ({kind: 'device' as const, owner})),
    ]),
    await underWayOf(database),
  ];
  return patients.map((patient) => ({
    patient,
    tokens: buckets.get(`owner/${patient}`),
    underWay: underWay.get(`owner/${patient}`) ?? 0,
    lanes: lanes
      .filter((lane) => lane.patient === patient)
      .map((lane) => ({
        patient,
        device: lane.device,
        registration: Number(lane.registration),
        first: BigInt(lane.first),
        lowestOpen: lane.lowest_open === null ? 1n : BigInt(lane.lowest_open),
        removed:
          lane.removed_at_height === null || lane.removed_at_time === null
            ? undefined
            : {atHeight: lane.removed_at_height, atTime: lane.removed_at_time},
        tokens: buckets.get(`device/${lane.device}`),
        underWay: underWay.get(`device/${lane.device}`) ?? 0,
      })),
  }));
}

function lanesAfter(database: Database, after: string, owners: number): Promise<LaneRow[]> {
  return database.$queryRaw<LaneRow[]>`
    WITH RECURSIVE owner AS (
      (SELECT patient FROM (${firstOf(Prisma.sql`waiting.patient > ${after}`)}) AS first)
      UNION ALL
      SELECT next.patient FROM owner, LATERAL (${firstOf(Prisma.sql`waiting.patient > owner.patient`)}) AS next
    )
    SELECT owners.patient, lane.device, lane.registration, lane.first::text, lowest_open::text, removed_at_height, removed_at_time
    FROM (SELECT patient FROM owner LIMIT ${owners}) AS owners, LATERAL (
      WITH RECURSIVE lane AS (
        (SELECT device, registration, sequence AS first FROM (${firstOf(Prisma.sql`waiting.patient = owners.patient`)}) AS found)
        UNION ALL
        SELECT next.device, next.registration, next.sequence FROM lane, LATERAL (${firstOf(
          Prisma.sql`waiting.patient = owners.patient AND (waiting.device, waiting.registration) > (lane.device, lane.registration)`,
        )}) AS next
      )
      SELECT * FROM lane LIMIT ${MOST_LANES}
    ) AS lane LEFT JOIN registrations USING (device, registration)
    ORDER BY owners.patient, lane.device, lane.registration`;
}

// Of transactions without an outcome: a few hundred entries at the most.
async function underWayOf(database: Database): Promise<ReadonlyMap<string, number>> {
  const rows = await database.$queryRaw<{patient: string; device: string; entries: bigint}[]>`
    SELECT patient, device, count(*) AS entries FROM (
      SELECT patient, device FROM records WHERE anchor_tx IS NOT NULL AND state = ${STATE.stored}
      UNION ALL SELECT patient, device FROM skips WHERE anchor_tx IS NOT NULL AND state = ${STATE.stored}
    ) AS carried GROUP BY patient, device`;
  const counts = new Map<string, number>();
  for (const {patient, device, entries} of rows)
    for (const key of [`owner/${patient}`, `device/${device}`])
      counts.set(key, (counts.get(key) ?? 0) + Number(entries));
  return counts;
}
