import type {AnchorStore, RecordToAnchor, SignedAnchor} from '../../application/ports.js';
import {STATE} from '../../domain/record.js';
import {inTransaction} from './database.js';
import type {Database, Session} from './database.js';
import type {Anchor} from './gen/client.js';
import {bytesOf} from './outbox-rows.js';

/** Transactions that anchor records, in PostgreSQL. */
export class PrismaAnchorStore implements AnchorStore {
  constructor(private readonly database: Database) {}

  async toAnchor(limit: number, nowMs: number): Promise<RecordToAnchor[]> {
    const rows = await this.database.record.findMany({
      where: {state: STATE.stored, anchorTx: null, retryAtMs: {lte: BigInt(nowMs)}}, orderBy: {place: 'asc'}, take: limit,
      select: {recordId: true, header: true, ciphertextHash: true, innerKeyHash: true, sealedKeyHash: true, signature: true, traceparent: true},
    });
    return rows.map(({traceparent, ...row}) => ({...row, traceparent: traceparent ?? undefined}));
  }

  async sign(keyId: string, records: readonly RecordToAnchor[], sign: (nonce: bigint) => SignedAnchor): Promise<SignedAnchor> {
    return inTransaction(this.database, async (session) => {
      const [taken] = await session.$queryRaw<{nonce: bigint}[]>`
        INSERT INTO signing_nonces (key_id, next) VALUES (${keyId}, 2) ON CONFLICT (key_id) DO UPDATE SET next = signing_nonces.next + 1 RETURNING next - 1 AS nonce`;
      if (taken === undefined) throw new Error('no nonce');
      const {tx, traceparent, ...anchor} = sign(taken.nonce);
      await session.anchor.create({data: {...anchor, keyId, nonce: taken.nonce, tx: bytesOf(tx), traceparent: traceparent ?? null}});
      const ids = records.map(({recordId}) => recordId);
      await session.anchorEntry.createMany({data: ids.map((recordId, place) => ({txId: anchor.txId, place, recordId}))});
      const {count: moved} = await session.record.updateMany({
        where: {recordId: {in: ids}, state: STATE.stored, anchorTx: null}, data: {anchorTx: anchor.txId, anchorAttempts: {increment: 1}},
      });
      // Another process took one of them: nothing is signed, the nonce is given back with the rest.
      if (moved !== ids.length) throw new Error('records were taken by another process');
      return {...anchor, tx, traceparent};
    });
  }

  async open(): Promise<SignedAnchor[]> {
    return (await this.database.anchor.findMany({where: {state: 'open'}, orderBy: {nonce: 'asc'}})).map(toAnchor);
  }

  async fail(txId: string, code: number): Promise<void> {
    await inTransaction(this.database, async (session) => {
      const {count} = await session.anchor.updateMany({where: {txId, state: 'open'}, data: {state: 'failed', code}});
      if (count === 1) await freeRecords(session, [txId], BigInt(Date.now() + FAILED_RETRY_MS));
    });
  }

  async skipNonces(keyId: string, highest: bigint): Promise<void> {
    await this.database.$executeRaw`
      INSERT INTO signing_nonces (key_id, next) VALUES (${keyId}, ${highest + 1n}) ON CONFLICT (key_id) DO UPDATE SET next = GREATEST(signing_nonces.next, EXCLUDED.next)`;
  }
}

const FAILED_RETRY_MS = 5_000;

/** Records of transactions that will never be included go into new ones. */
export async function freeRecords(session: Session, txIds: readonly string[], retryAtMs: bigint): Promise<void> {
  await session.record.updateMany({where: {anchorTx: {in: [...txIds]}, state: STATE.stored}, data: {anchorTx: null, retryAtMs}});
}

const toAnchor = ({txId, txHash, tx, expiresAtHeight, expiresAtTime, traceparent}: Anchor): SignedAnchor => ({txId, txHash, tx, expiresAtHeight, expiresAtTime, traceparent: traceparent ?? undefined});
