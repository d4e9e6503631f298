import type {LookedAt, WaitingOwner} from '../../application/ports.js';
import {STATE} from '../../domain/record.js';
import {bucketsOf} from './entry-buckets.js';
import type {Database} from './database.js';
import {Prisma} from './gen/client.js';

interface Table {
  readonly name: Prisma.Sql;
  /** Its kind, its id and its hour, as columns of an entry. */
  readonly entry: Prisma.Sql;
}

const TABLES: readonly [Table, Table] = [
  {name: Prisma.sql`records`, entry: Prisma.sql`'record'::text AS kind, record_id AS entry_id, slot`},
  {name: Prisma.sql`skips`, entry: Prisma.sql`'skip'::text AS kind, skip_id AS entry_id, 0::bigint AS slot`},
];
const STORED = Prisma.raw(`state = ${String(STATE.stored)}`);
const IN_ORDER = Prisma.sql`ORDER BY patient, device, registration, sequence`;

/** The same of records and of skips. */
const ofBoth = (select: (table: Table) => Prisma.Sql): Prisma.Sql =>
  Prisma.sql`((${select(TABLES[0])}) UNION ALL (${select(TABLES[1])}))`;

/** What no transaction carries. */
export const WAITING = ofBoth(
  ({name, entry}) =>
    Prisma.sql`SELECT ${entry}, patient, device, registration, sequence, retry_at_ms FROM ${name} WHERE ${STORED} AND anchor_tx IS NULL`,
);

/** Registrations of one owner are bounded by the ledger; this is above any sane bound. */
const MOST_LANES = 1_024;

// Each table by itself, so that each takes one step in its own index: PostgreSQL sorts all that waits to merge them.
const firstOf = (where: Prisma.Sql): Prisma.Sql => Prisma.sql`
  SELECT * FROM ${ofBoth(
    ({name}) => Prisma.sql`
      SELECT patient, device, registration, sequence FROM ${name} AS waiting
      WHERE ${STORED} AND anchor_tx IS NULL AND ${where} ${IN_ORDER} LIMIT 1`,
  )} AS either ${IN_ORDER} LIMIT 1`;

interface OwnerRow {
  readonly patient: string;
  readonly woken: bigint;
  readonly rests: number;
  readonly held: number;
}

interface LaneRow {
  readonly patient: string;
  readonly device: string;
  readonly registration: bigint;
  readonly first: string;
  readonly lowest_open: string | null;
  readonly removed_at_height: bigint | null;
  readonly removed_at_time: bigint | null;
}

/** The next owners who are awake, and their lanes: a step in an index for each, however much each of them has. */
export async function awakeOwners(database: Database, after: string, owners: number): Promise<WaitingOwner[]> {
  await wake(database);
  const rows = await database.$queryRaw<OwnerRow[]>`
    SELECT patient, woken, rests, held FROM waiting_owners WHERE rests = 0 AND patient > ${after} ORDER BY patient LIMIT ${owners}`;
  return withLanes(database, rows);
}

/** Those whose rest is over. */
export async function restedOwners(database: Database, nowMs: number, owners: number): Promise<WaitingOwner[]> {
  const rows = await database.$queryRaw<OwnerRow[]>`
    SELECT patient, woken, rests, held FROM waiting_owners WHERE rests > 0 AND look_at_ms <= ${BigInt(nowMs)} ORDER BY look_at_ms LIMIT ${owners}`;
  return withLanes(database, rows);
}

/** Writes what a look has found, where nothing came since. */
export async function keepLooks(database: Database, looks: readonly LookedAt[]): Promise<void> {
  if (looks.length === 0) return;
  await database.$executeRaw`
    UPDATE waiting_owners SET rests = look.rests, look_at_ms = look.look_at_ms, held = look.held
    FROM unnest(
      ${looks.map(({patient}) => patient)}::text[], ${looks.map(({woken}) => woken)}::bigint[], ${looks.map(({rests}) => rests)}::integer[],
      ${looks.map(({lookAtMs}) => BigInt(lookAtMs))}::bigint[], ${looks.map(({held}) => held)}::integer[]
    ) AS look (patient, woken, rests, look_at_ms, held)
    WHERE waiting_owners.patient = look.patient AND waiting_owners.woken = look.woken`;
}

/** Registrations that wait for a number that never came. */
export async function heldLanes(database: Database): Promise<number> {
  const [row] = await database.$queryRaw<{held: bigint}[]>`
    SELECT COALESCE(sum(held), 0)::bigint AS held FROM waiting_owners WHERE held > 0`;
  return Number(row?.held ?? 0);
}

async function wake(database: Database): Promise<void> {
  await database.$executeRaw`
    WITH come AS (DELETE FROM wakes RETURNING patient)
    INSERT INTO waiting_owners (patient) SELECT DISTINCT patient FROM come ORDER BY patient
    ON CONFLICT (patient) DO UPDATE SET woken = waiting_owners.woken + 1, rests = 0, look_at_ms = 0`;
}

async function withLanes(database: Database, owners: readonly OwnerRow[]): Promise<WaitingOwner[]> {
  if (owners.length === 0) return [];
  const lanes = await lanesOf(
    database,
    owners.map(({patient}) => patient),
  );
  const devices = [...new Set(lanes.map(({device}) => device))];
  const [buckets, underWay] = [
    await bucketsOf(database, [
      ...owners.map(({patient}) => ({kind: 'owner' as const, owner: patient})),
      ...devices.map((owner) => ({kind: 'device' as const, owner})),
    ]),
    await underWayOf(database),
  ];
  const found = owners.map(({patient, ...known}) => ({
    patient,
    ...known,
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
  await forget(
    database,
    found.filter(({lanes: hers}) => hers.length === 0),
  );
  return found;
}

// All that they had is in transactions.
async function forget(database: Database, owners: readonly OwnerRow[]): Promise<void> {
  if (owners.length === 0) return;
  await database.$executeRaw`
    DELETE FROM waiting_owners USING unnest(${owners.map(({patient}) => patient)}::text[], ${owners.map(({woken}) => woken)}::bigint[]) AS gone (patient, woken)
    WHERE waiting_owners.patient = gone.patient AND waiting_owners.woken = gone.woken`;
}

function lanesOf(database: Database, owners: readonly string[]): Promise<LaneRow[]> {
  return database.$queryRaw<LaneRow[]>`
    SELECT owners.patient, lane.device, lane.registration, lane.first::text, lowest_open::text, removed_at_height, removed_at_time
    FROM unnest(${owners}::text[]) AS owners (patient), LATERAL (
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
    SELECT patient, device, count(*) AS entries
    FROM ${ofBoth(({name}) => Prisma.sql`SELECT patient, device FROM ${name} WHERE anchor_tx IS NOT NULL AND ${STORED}`)} AS carried
    GROUP BY patient, device`;
  const counts = new Map<string, number>();
  for (const {patient, device, entries} of rows)
    for (const key of [`owner/${patient}`, `device/${device}`])
      counts.set(key, (counts.get(key) ?? 0) + Number(entries));
  return counts;
}
