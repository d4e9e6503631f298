import {fromHex, toDecimal} from '@vitalvault/contracts';
import {keepMessages} from '@vitalvault/postgres';
import {alertOf} from '../../domain/alerts.js';
import {STATE} from '../../domain/record.js';
import {refusalText} from '../../domain/refusal-text.js';
import {retryAfterMs} from '../../domain/settle-anchor.js';
import type {EntryFate} from '../../domain/settle-anchor.js';
import type {Session} from './database.js';
import {Prisma} from './gen/client.js';
import {alertMessage} from './outbox-rows.js';

/** What a transaction carries, with what is known of it now. */
export interface Carried {
  readonly kind: 'record' | 'skip';
  readonly entryId: string;
  readonly traceparent: string | null;
  readonly anchorAttempts: number;
  /** Unix milliseconds; of a skip none. */
  readonly acceptedAtMs: Prisma.Decimal | null;
}

export interface Settling {
  readonly height: bigint;
  readonly txId: string;
  readonly nowMs: number;
  readonly carried: readonly Carried[];
}

interface Table {
  readonly name: Prisma.Sql;
  readonly id: Prisma.Sql;
  readonly acceptedAtMs: Prisma.Sql;
}

const TABLES: Readonly<Record<Carried['kind'], Table>> = {
  record: {name: Prisma.sql`records`, id: Prisma.sql`record_id`, acceptedAtMs: Prisma.sql`records.accepted_at_ms`},
  skip: {name: Prisma.sql`skips`, id: Prisma.sql`skip_id`, acceptedAtMs: Prisma.sql`NULL::numeric`},
};

/** What these transactions carry, of each in its order; what was deleted since is missing. */
export async function carriedBy(session: Session, txIds: readonly string[]): Promise<ReadonlyMap<string, Carried[]>> {
  const of = (kind: Carried['kind'], {name, id, acceptedAtMs}: Table): Prisma.Sql => Prisma.sql`
    SELECT anchors.tx_id AS "txId", entry.place, ${kind} AS kind, entry.id AS "entryId", ${name}.traceparent,
      ${name}.anchor_attempts AS "anchorAttempts", ${acceptedAtMs} AS "acceptedAtMs"
    FROM anchors, unnest(entries) WITH ORDINALITY AS entry (id, place) JOIN ${name} ON ${name}.${id} = entry.id
    WHERE anchors.tx_id = ANY(${[...txIds]})`;
  const rows = await session.$queryRaw<(Carried & {txId: string})[]>`
    ${of('record', TABLES.record)} UNION ALL ${of('skip', TABLES.skip)} ORDER BY "txId", place`;
  return Map.groupBy(rows, ({txId}) => txId);
}

/** Writes what the entries of a transaction came to, by one statement for each fate. */
export async function settleEntries(session: Session, settling: Settling, fates: readonly EntryFate[]): Promise<void> {
  const byId = new Map(fates.map((fate) => [fate.entryId, fate]));
  for (const kind of ['record', 'skip'] as const) {
    const own = settling.carried.flatMap((entry) => {
      const fate = byId.get(entry.entryId);
      return fate === undefined || entry.kind !== kind ? [] : [{entry, fate}];
    });
    const {height, txId} = settling;
    const anchored = own.flatMap(({fate}) => (fate.fate === 'anchored' ? [{...fate, height, txId}] : []));
    if (kind === 'record') await anchorRecords(session, anchored);
    else await anchorSkips(session, anchored);
    await postpone(session, settling, {
      table: TABLES[kind],
      entries: own.flatMap(({entry, fate}) => (fate.fate === 'later' ? [entry] : [])),
    });
    const refused = own.flatMap(({fate}) => (fate.fate === 'refused' ? [fate] : []));
    if (kind === 'record') await refuseRecords(session, settling, refused);
    else await refuse(session, settling, {table: TABLES.skip, refused});
  }
}

/** A leaf of the ledger, and which transaction brought it in. */
export interface PlacedLeaf {
  readonly entryId: string;
  readonly logIndex: bigint;
  readonly height: bigint;
  readonly txId: string;
}

type Refused = Extract<EntryFate, {fate: 'refused'}>;

/** As a table `leaf (id, log_index, height, tx_id)`. */
export const leavesOf = (leaves: readonly PlacedLeaf[]): Prisma.Sql => Prisma.sql`
  unnest(${leaves.map(({entryId}) => entryId)}::text[], ${leaves.map(({logIndex}) => toDecimal(logIndex))}::text[]::numeric[],
    ${leaves.map(({height}) => height)}::bigint[], ${leaves.map(({txId}) => txId)}::text[]) AS leaf (id, log_index, height, tx_id)`;

/** Records that have leaves now, whatever was known of them. */
export async function anchorRecords(session: Session, anchored: readonly PlacedLeaf[]): Promise<void> {
  if (anchored.length === 0) return;
  await session.$executeRaw`
    UPDATE records SET state = ${STATE.anchored}, height = leaf.height, tx_id = leaf.tx_id, log_index = leaf.log_index, anchor_tx = NULL, refusal_code = NULL
    FROM ${leavesOf(anchored)} WHERE record_id = leaf.id AND state <> ${STATE.anchored}`;
}

/** Numbers that are given up now; a refused record under one is skipped from then on. */
export async function anchorSkips(session: Session, anchored: readonly PlacedLeaf[]): Promise<void> {
  if (anchored.length === 0) return;
  await session.$executeRaw`
    WITH skipped AS (
      UPDATE skips SET state = ${STATE.skipped}, height = leaf.height, tx_id = leaf.tx_id, log_index = leaf.log_index, anchor_tx = NULL, refusal_code = NULL
      FROM ${leavesOf(anchored)} WHERE skip_id = leaf.id AND state <> ${STATE.skipped}
      RETURNING device, registration, sequence, skips.height, skips.tx_id, skips.log_index
    )
    UPDATE records SET state = ${STATE.skipped}, height = skipped.height, tx_id = skipped.tx_id, log_index = skipped.log_index
    FROM skipped WHERE records.device = skipped.device AND records.registration = skipped.registration
      AND records.sequence = skipped.sequence AND state = ${STATE.refused}`;
}

// Anchored by an earlier transaction, or under way in a later one: this entry says nothing new.
const isOpen = ({txId}: Pick<Settling, 'txId'>): Prisma.Sql =>
  Prisma.sql`state = ${STATE.stored} AND anchor_tx = ${txId}`;

async function postpone(
  session: Session,
  settling: Settling,
  {table: {name, id}, entries}: {table: Table; entries: readonly Carried[]},
): Promise<void> {
  if (entries.length === 0) return;
  const retries = entries.map(({anchorAttempts}) => BigInt(settling.nowMs + retryAfterMs(anchorAttempts + 1)));
  await session.$executeRaw`
    UPDATE ${name} SET anchor_tx = NULL, anchor_attempts = anchor_attempts + 1, retry_at_ms = entry.retry_at_ms
    FROM unnest(${entries.map(({entryId}) => entryId)}::text[], ${retries}::bigint[]) AS entry (id, retry_at_ms)
    WHERE ${id} = entry.id AND ${isOpen(settling)}`;
}

interface RefusedRow {
  readonly id: string;
  readonly patient: string;
  readonly traceparent: string | null;
  readonly device: string;
  readonly registration: bigint;
  readonly sequence: Prisma.Decimal;
}

function refuse(
  session: Session,
  settling: Settling,
  {table: {name, id}, refused}: {table: Table; refused: readonly Refused[]},
): Promise<RefusedRow[]> {
  if (refused.length === 0) return Promise.resolve([]);
  return session.$queryRaw<RefusedRow[]>`
    UPDATE ${name} SET state = ${STATE.refused}, refusal_code = entry.code, height = ${settling.height}, tx_id = ${settling.txId}, anchor_tx = NULL
    FROM unnest(${refused.map(({entryId}) => entryId)}::text[], ${refused.map(({code}) => BigInt(code))}::bigint[]) AS entry (id, code)
    WHERE ${id} = entry.id AND ${isOpen(settling)}
    RETURNING ${id} AS id, patient, traceparent, device, registration, sequence`;
}

// Her alert; and what her device gave up meanwhile under such a number counts from now on.
async function refuseRecords(session: Session, settling: Settling, refused: readonly Refused[]): Promise<void> {
  const rows = await refuse(session, settling, {table: TABLES.record, refused});
  if (rows.length === 0) return;
  const codes = new Map(refused.map(({entryId, code}) => [entryId, code]));
  await keepMessages(
    session,
    rows.map(({id, patient, traceparent}) =>
      alertMessage(
        alertOf('refused', {
          patient,
          subject: fromHex(id),
          traceparent: traceparent ?? undefined,
          raisedAtMs: BigInt(settling.nowMs),
          text: refusalText(codes.get(id) ?? 0),
        }),
      ),
    ),
  );
  await session.$executeRaw`
    UPDATE skips SET state = ${STATE.stored}
    FROM unnest(${rows.map(({device}) => device)}::text[], ${rows.map(({registration}) => registration)}::bigint[],
      ${rows.map(({sequence}) => sequence.toFixed())}::text[]::numeric[]) AS refused (device, registration, sequence)
    WHERE skips.device = refused.device AND skips.registration = refused.registration AND skips.sequence = refused.sequence
      AND skips.state = ${STATE.accepted}`;
}
