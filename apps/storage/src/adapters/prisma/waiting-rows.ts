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
  readonly looks: number;
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
    SELECT patient, woken, rests, held, looks FROM waiting_owners WHERE rests = 0 AND patient > ${after} ORDER BY patient LIMIT ${owners}`;
  return withLanes(database, rows);
}

/** Those whose rest is over. */
export async function restedOwners(database: Database, nowMs: number, owners: number): Promise<WaitingOwner[]> {
  const rows = await database.$queryRaw<OwnerRow[]>`
    SELECT patient, woken, rests, held, looks FROM waiting_owners WHERE rests > 0 AND look_at_ms <= ${BigInt(nowMs)} ORDER BY look_at_ms LIMIT ${owners}`;
  return withLanes(database, rows);
}

/** Writes what a look has found, where nothing came since. */
export async function keepLooks(database: Database, looks: readonly LookedAt[]): Promise<void> {
  if (looks.length === 0) return;
  await database.$executeRaw`
    WITH mine AS (${lockedAsLooked(looks)})
    UPDATE waiting_owners SET rests = look.rests, look_at_ms = look.look_at_ms, held = look.held, looks = look.looks
    FROM mine, unnest(
      ${looks.map(({patient}) => patient)}::text[], ${looks.map(({rests}) => rests)}::integer[],
      ${looks.map(({lookAtMs}) => BigInt(lookAtMs))}::bigint[], ${looks.map(({held}) => held)}::integer[],
      ${looks.map((look) => look.looks)}::integer[]
    ) AS look (patient, rests, look_at_ms, held, looks)
    WHERE waiting_owners.patient = mine.patient AND look.patient = mine.patient`;
}

/** Registrations that wait for a number that never came. */
export async function heldLanes(database: Database): Promise<number> {
  const [row] = await database.$queryRaw<{held: bigint}[]>`
    SELECT COALESCE(sum(held), 0)::bigint AS held FROM waiting_owners WHERE held > 0`;
  return Number(row?.held ?? 0);
}

async function wake(database: Database): Promise<void> {
  await database.$executeRaw`
    WITH come AS (DELETE FROM wakes RETURNING id, patient)
    INSERT INTO waiting_owners (patient, woken) SELECT patient, max(id) FROM come GROUP BY patient ORDER BY patient
    ON CONFLICT (patient) DO UPDATE SET woken = EXCLUDED.woken, rests = 0, look_at_ms = 0`;
}

/** Those of whom nothing is known since. Rows are locked by patient, as wakes do: none waits for the other. */
const lockedAsLooked = (looks: readonly Pick<OwnerRow, 'patient' | 'woken'>[]): Prisma.Sql => Prisma.sql`
  SELECT waiting_owners.patient FROM waiting_owners
  JOIN unnest(${looks.map(({patient}) => patient)}::text[], ${looks.map(({woken}) => woken)}::bigint[]) AS seen (patient, woken)
    USING (patient, woken)
  ORDER BY waiting_owners.patient FOR UPDATE OF waiting_owners`;

/** Owners in neither table although something of theirs waits: one statement sees both as they are at one moment. */
export async function wakeLostOwners(
  database: Database,
  after: string,
  owners: number,
): Promise<{last: string | undefined; lost: number}> {
  const [found] = await database.$queryRaw<{last: string | null; lost: bigint}[]>`
    WITH RECURSIVE owner AS (
      (SELECT patient FROM (${firstOf(Prisma.sql`waiting.patient > ${after}`)}) AS found)
      UNION ALL
      SELECT next.patient FROM owner, LATERAL (${firstOf(Prisma.sql`waiting.patient > owner.patient`)}) AS next
    ), page AS (
      SELECT patient FROM owner LIMIT ${owners}
    ), lost AS (
      INSERT INTO wakes (patient) SELECT patient FROM page
      WHERE NOT EXISTS (SELECT FROM waiting_owners WHERE waiting_owners.patient = page.patient)
        AND NOT EXISTS (SELECT FROM wakes AS come WHERE come.patient = page.patient)
      RETURNING patient
    )
    SELECT max(patient) AS last, (SELECT count(*) FROM lost) AS lost FROM page`;
  return {last: found?.last ?? undefined, lost: Number(found?.lost ?? 0)};
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
    WITH mine AS (${lockedAsLooked(owners)})
    DELETE FROM waiting_owners USING mine WHERE waiting_owners.patient = mine.patient`;
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
