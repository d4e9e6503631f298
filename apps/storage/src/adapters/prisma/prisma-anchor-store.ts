import {fromDecimal, toDecimal} from '@vitalvault/contracts';
import type {AnchorStore, EntryToAnchor, SignedAnchor} from '../../application/ports.js';
import {recordEntry, skipEntry} from '../../domain/choose-entries.js';
import {STATE} from '../../domain/record.js';
import {inTransaction} from './database.js';
import type {Database, Session} from './database.js';
import type {Anchor} from './gen/client.js';
import {bytesOf} from './outbox-rows.js';

/** Transactions that anchor records, in PostgreSQL. */
export class PrismaAnchorStore implements AnchorStore {
  constructor(private readonly database: Database) {}

  async toAnchor(limit: number, nowMs: number): Promise<EntryToAnchor[]> {
    const due = {state: STATE.stored, anchorTx: null, retryAtMs: {lte: BigInt(nowMs)}} as const;
    const skips = await this.database.skip.findMany({
      where: due,
      orderBy: {place: 'asc'},
      take: limit,
      select: {skipId: true, skip: true, signature: true, traceparent: true},
    });
    const records =
      skips.length === limit
        ? []
        : await this.database.record.findMany({
            where: due,
            orderBy: {place: 'asc'},
            take: limit - skips.length,
            select: {
              recordId: true,
              header: true,
              ciphertextHash: true,
              innerKeyHash: true,
              sealedKeyHash: true,
              signature: true,
              traceparent: true,
            },
          });
    return [
      ...skips.map(({skipId, traceparent, ...parts}) => ({
        kind: 'skip' as const,
        entryId: skipId,
        content: skipEntry(parts),
        traceparent: traceparent ?? undefined,
      })),
      ...records.map(({recordId, traceparent, ...parts}) => ({
        kind: 'record' as const,
        entryId: recordId,
        content: recordEntry(parts),
        traceparent: traceparent ?? undefined,
      })),
    ];
  }

  async sign(
    keyId: string,
    entries: readonly EntryToAnchor[],
    sign: (nonce: bigint) => SignedAnchor,
  ): Promise<SignedAnchor> {
    return inTransaction(this.database, async (session) => {
      const [taken] = await session.$queryRaw<{nonce: Anchor['nonce']}[]>`
        INSERT INTO signing_nonces (key_id, next) VALUES (${keyId}, 2) ON CONFLICT (key_id) DO UPDATE SET next = signing_nonces.next + 1 RETURNING next - 1 AS nonce`;
      if (taken === undefined) throw new Error('no nonce');
      const signed = sign(fromDecimal(taken.nonce));
      await session.anchor.create({data: {...toRow(signed), keyId, nonce: taken.nonce}});
      await session.anchorEntry.createMany({
        data: entries.map(({kind, entryId}, place) => ({
          txId: signed.txId,
          place,
          ...(kind === 'record' ? {recordId: entryId} : {skipId: entryId}),
        })),
      });
      const moved = await carry(session, signed.txId, entries);
      // Another process took one of them: nothing is signed, the nonce is given back with the rest.
      if (moved !== entries.length) throw new Error('entries were taken by another process');
      return signed;
    });
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

  async skipNonces(keyId: string, highest: bigint): Promise<void> {
    await this.database.$executeRaw`
      INSERT INTO signing_nonces (key_id, next) VALUES (${keyId}, ${toDecimal(highest + 1n)}::numeric) ON CONFLICT (key_id) DO UPDATE SET next = GREATEST(signing_nonces.next, EXCLUDED.next)`;
  }
}

const FAILED_RETRY_MS = 5_000;

async function carry(session: Session, anchorTx: string, entries: readonly EntryToAnchor[]): Promise<number> {
  const idsOf = (wanted: EntryToAnchor['kind']): string[] =>
    entries.filter(({kind}) => kind === wanted).map(({entryId}) => entryId);
  const [free, data] = [
    {state: STATE.stored, anchorTx: null},
    {anchorTx, anchorAttempts: {increment: 1}},
  ];
  const records = await session.record.updateMany({where: {recordId: {in: idsOf('record')}, ...free}, data});
  const skips = await session.skip.updateMany({where: {skipId: {in: idsOf('skip')}, ...free}, data});
  return records.count + skips.count;
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
