import {fromDecimal, toDecimal} from '@vitalvault/contracts';
import type {Tokens} from '@vitalvault/ledger-state';
import type {
  AnchorStore,
  EntryToAnchor,
  LaneQuestion,
  LookedAt,
  SignedAnchor,
  WaitingEntry,
  WaitingOwner,
} from '../../application/ports.js';
import {recordEntry, skipEntry} from '../../domain/choose-entries.js';
import type {EntryContent} from '../../domain/choose-entries.js';
import {STATE} from '../../domain/record.js';
import {inTransaction} from './database.js';
import type {Database, Session} from './database.js';
import {Prisma} from './gen/client.js';
import type {Anchor} from './gen/client.js';
import {bucketName, bucketsOf} from './entry-buckets.js';
import {bytesOf} from './outbox-rows.js';
import {awakeOwners, heldLanes, keepLooks, restedOwners, WAITING, wakeLostOwners} from './waiting-rows.js';

/** Transactions that anchor records, in PostgreSQL. */
export class PrismaAnchorStore implements AnchorStore {
  constructor(private readonly database: Database) {}

  awake(after: string, owners: number): Promise<WaitingOwner[]> {
    return awakeOwners(this.database, after, owners);
  }

  rested(nowMs: number, owners: number): Promise<WaitingOwner[]> {
    return restedOwners(this.database, nowMs, owners);
  }

  looked(looks: readonly LookedAt[]): Promise<void> {
    return keepLooks(this.database, looks);
  }

  held(): Promise<number> {
    return heldLanes(this.database);
  }

  wakeLost(after: string, owners: number): Promise<{last: string | undefined; lost: number}> {
    return wakeLostOwners(this.database, after, owners);
  }

  async entriesOf(
    lanes: readonly LaneQuestion[],
    {nowMs, slot, most}: {nowMs: number; slot: number; most: number},
  ): Promise<WaitingEntry[][]> {
    const rows = await this.database.$queryRaw<(WaitingEntry & {lane: bigint})[]>`
      SELECT asked.lane, found.kind, found.entry_id AS "entryId"
      FROM unnest(
        ${lanes.map(({patient}) => patient)}::text[], ${lanes.map(({device}) => device)}::text[],
        ${lanes.map(({registration}) => BigInt(registration))}::bigint[], ${lanes.map(({below}) => toDecimal(below))}::text[]::numeric[]
      ) WITH ORDINALITY AS asked (patient, device, registration, below, lane), LATERAL (
        SELECT kind, entry_id, sequence FROM ${WAITING} AS waiting
        WHERE waiting.patient = asked.patient AND waiting.device = asked.device AND waiting.registration = asked.registration
          AND waiting.sequence < asked.below AND waiting.retry_at_ms <= ${BigInt(nowMs)} AND waiting.slot <= ${BigInt(slot)}
        ORDER BY waiting.patient, waiting.device, waiting.registration, waiting.sequence LIMIT ${most}
      ) AS found ORDER BY asked.lane, found.sequence`;
    const found = lanes.map((): WaitingEntry[] => []);
    for (const {lane, ...entry} of rows) found[Number(lane) - 1]?.push(entry);
    return found;
  }

  async load(entries: readonly WaitingEntry[]): Promise<EntryToAnchor[]> {
    const idsOf = (wanted: WaitingEntry['kind']): string[] =>
      entries.filter(({kind}) => kind === wanted).map(({entryId}) => entryId);
    const skips = await this.database.skip.findMany({
      where: {skipId: {in: idsOf('skip')}, anchorTx: null},
      select: {skipId: true, skip: true, signature: true, traceparent: true},
    });
    const records = await this.database.record.findMany({
      where: {recordId: {in: idsOf('record')}, anchorTx: null},
      select: {...SIGNED, recordId: true, traceparent: true},
    });
    const loaded = new Map<string, EntryToAnchor>();
    for (const {skipId, traceparent, ...parts} of skips)
      loaded.set(skipId, entryOf('skip', skipId, {content: skipEntry(parts), traceparent}));
    for (const {recordId, traceparent, ...parts} of records)
      loaded.set(recordId, entryOf('record', recordId, {content: recordEntry(parts), traceparent}));
    return entries.flatMap(({entryId}) => loaded.get(entryId) ?? []);
  }

  async ownBucket(): Promise<{tokens: Tokens | undefined; underWay: number}> {
    const key = {kind: 'organisation', owner: ''} as const;
    const buckets = await bucketsOf(this.database, [key]);
    const [open] = await this.database.$queryRaw<{entries: bigint}[]>`
      SELECT COALESCE(sum(cardinality(entries)), 0)::bigint AS entries FROM anchors WHERE state = 'open'`;
    return {tokens: buckets.get(bucketName(key)), underWay: Number(open?.entries ?? 0)};
  }

  async sign(
    keyId: string,
    entries: readonly EntryToAnchor[],
    sign: (nonce: bigint) => SignedAnchor,
  ): Promise<SignedAnchor> {
    return inTransaction(this.database, async (session) => {
      const [taken] = await session.$queryRaw<{nonce: Anchor['nonce']}[]>`
        INSERT INTO signing_nonces (key_id, next, waiting_since) VALUES (${keyId}, 2, now())
        ON CONFLICT (key_id) DO UPDATE SET next = signing_nonces.next + 1, waiting_since = COALESCE(signing_nonces.waiting_since, now())
        RETURNING next - 1 AS nonce`;
      if (taken === undefined) throw new Error('no nonce');
      const signed = sign(fromDecimal(taken.nonce));
      const ids = entries.map(({entryId}) => entryId);
      await session.anchor.create({data: {...toRow(signed), keyId, nonce: taken.nonce, entries: ids}});
      const moved = await carry(session, signed.txId, ids);
      // Another process took one of them: nothing is signed, the nonce is given back with the rest.
      if (moved !== entries.length) throw new Error('entries were taken by another process');
      return signed;
    });
  }

  async openIds(): Promise<string[]> {
    const rows = await this.database.anchor.findMany({
      where: {state: 'open'},
      orderBy: {nonce: 'asc'},
      select: {txId: true},
    });
    return rows.map(({txId}) => txId);
  }

  async open(): Promise<SignedAnchor[]> {
    return (await this.database.anchor.findMany({where: {state: 'open'}, orderBy: {nonce: 'asc'}})).map(toAnchor);
  }

  async fail(txId: string, code: number): Promise<void> {
    await inTransaction(this.database, async (session) => {
      const {count} = await session.anchor.updateMany({
        where: {txId, state: 'open'},
        data: {state: 'failed', code: BigInt(code)},
      });
      if (count === 1) await freeEntries(session, [txId], BigInt(Date.now() + FAILED_RETRY_MS));
    });
  }

  async waitingSinceMs(keyId: string): Promise<number | undefined> {
    const nonce = await this.database.signingNonce.findUnique({where: {keyId}});
    return nonce?.waitingSince?.getTime();
  }

  async alignNonces(keyId: string, highest: bigint): Promise<void> {
    const used = toDecimal(highest);
    await inTransaction(this.database, async (session) => {
      // Locked by a statement of its own: the next one sees what another process has signed until then.
      await session.$executeRaw`INSERT INTO signing_nonces (key_id, next) VALUES (${keyId}, 1) ON CONFLICT DO NOTHING`;
      await session.$queryRaw`SELECT next FROM signing_nonces WHERE key_id = ${keyId} FOR UPDATE`;
      await session.$executeRaw`
        UPDATE signing_nonces SET next = 1 + GREATEST(
          ${used}::numeric,
          (SELECT max(nonce) FROM anchors WHERE key_id = ${keyId} AND state IN ('open', 'included'))
        ) WHERE key_id = ${keyId}`;
    });
  }
}

const SIGNED = {header: true, ciphertextHash: true, innerKeyHash: true, sealedKeyHash: true, signature: true} as const;

const entryOf = (
  kind: WaitingEntry['kind'],
  entryId: string,
  {content, traceparent}: {content: EntryContent; traceparent: string | null},
): EntryToAnchor => ({kind, entryId, content, traceparent: traceparent ?? undefined});

const FAILED_RETRY_MS = 5_000;

async function carry(session: Session, anchorTx: string, ids: readonly string[]): Promise<number> {
  const isFree = Prisma.sql`state = ${STATE.stored} AND anchor_tx IS NULL`;
  const records = await session.$executeRaw`
    UPDATE records SET anchor_tx = ${anchorTx} WHERE record_id = ANY(${[...ids]}) AND ${isFree}`;
  if (records === ids.length) return records;
  return (
    records +
    (await session.$executeRaw`UPDATE skips SET anchor_tx = ${anchorTx} WHERE skip_id = ANY(${[...ids]}) AND ${isFree}`)
  );
}

/** What transactions carried that will never be included goes into new ones. */
export async function freeEntries(session: Session, txIds: readonly string[], retryAtMs: bigint): Promise<void> {
  const [where, data] = [
    {anchorTx: {in: [...txIds]}, state: STATE.stored},
    {anchorTx: null, retryAtMs},
  ];
  await session.record.updateMany({where, data});
  await session.skip.updateMany({where, data});
}

const toRow = ({txId, txHash, tx, expiresAtHeight, expiresAtTime, traceparent}: SignedAnchor) => ({
  txId,
  txHash,
  tx: bytesOf(tx),
  expiresAtHeight: toDecimal(expiresAtHeight),
  expiresAtTime: toDecimal(expiresAtTime),
  traceparent: traceparent ?? null,
});

const toAnchor = ({txId, txHash, tx, expiresAtHeight, expiresAtTime, traceparent}: Anchor): SignedAnchor => ({
  txId,
  txHash,
  tx,
  expiresAtHeight: fromDecimal(expiresAtHeight),
  expiresAtTime: fromDecimal(expiresAtTime),
  traceparent: traceparent ?? undefined,
});
