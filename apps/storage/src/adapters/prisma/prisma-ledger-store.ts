import {codeName, fromHex} from '@vitalvault/contracts';
import type {BlockEffect, LedgerCursor, LedgerStore} from '../../application/ports.js';
import {alertOf} from '../../domain/alerts.js';
import type {BlockFacts, IncludedAnchor} from '../../domain/block-facts.js';
import {STATE} from '../../domain/record.js';
import {retryAfterMs, settleAnchor} from '../../domain/settle-anchor.js';
import type {EntryFate} from '../../domain/settle-anchor.js';
import {inTransaction} from './database.js';
import type {Database, Session} from './database.js';
import {alertRow, bytesOf} from './outbox-rows.js';
import {freeRecords} from './prisma-anchor-store.js';

type AnchorEffect = BlockEffect['anchors'][number];
type AnchoredRow = Awaited<ReturnType<typeof recordsOf>>[number];

const MAX_LINKS = 64;

/** Effects of blocks, each in one transaction with the cursor: a block takes effect once. */
export class PrismaLedgerStore implements LedgerStore {
  constructor(private readonly database: Database, private readonly now: () => number) {}

  async cursor(): Promise<LedgerCursor> {
    const {height, blockTime} = await this.database.ledgerCursor.findUniqueOrThrow({where: {id: 1}});
    return {height, blockTime};
  }

  async apply(block: LedgerCursor, facts: BlockFacts): Promise<BlockEffect> {
    return inTransaction(this.database, async (session) => {
      const {count} = await session.ledgerCursor.updateMany({where: {id: 1, height: block.height - 1n}, data: block});
      // Another process has this block already, or more.
      if (count === 0) return {anchors: [], expired: 0};
      await session.accessRequest.createMany({data: facts.requests.map((request) => ({...request, signerPublicKey: bytesOf(request.signerPublicKey), height: block.height})), skipDuplicates: true});
      await session.device.createMany({data: facts.devices.map(({device, publicKey}) => ({device, publicKey: bytesOf(publicKey)})), skipDuplicates: true});
      const anchors: AnchorEffect[] = [];
      for (const included of facts.anchors) {
        const effect = await this.#settle(session, block, included);
        if (effect !== undefined) anchors.push(effect);
      }
      return {anchors, expired: await this.#expire(session, block)};
    });
  }

  async #settle(session: Session, block: LedgerCursor, included: IncludedAnchor): Promise<AnchorEffect | undefined> {
    const anchor = await session.anchor.findUnique({where: {txId: included.txId}});
    // Of another organisation, or settled before.
    if (anchor === null || anchor.state === 'included') return undefined;
    const rows = await recordsOf(session, included.txId);
    const fate = settleAnchor(rows.map(({recordId}) => recordId), included.code, included.results);
    if (fate.kind === 'ignored') return undefined;
    const {txId, txHash, traceparent} = anchor;
    await session.anchor.update({where: {txId}, data: {state: fate.kind === 'settled' ? 'included' : 'failed', code: included.code, height: block.height}});
    if (fate.kind === 'failed') await freeRecords(session, [txId], BigInt(this.now() + retryAfterMs(1)));
    else await this.#settleEntries(session, {block, txId, rows}, fate.entries);
    const entries = fate.kind === 'settled' ? fate.entries : [];
    const count = (wanted: EntryFate['fate']): number => entries.filter((entry) => entry.fate === wanted).length;
    return {
      txId, txHash, traceparent: traceparent ?? undefined, anchored: count('anchored'), later: count('later'), refused: count('refused'),
      recordTraces: rows.flatMap((row) => row.traceparent ?? []).slice(0, MAX_LINKS),
    };
  }

  async #settleEntries(session: Session, of: {block: LedgerCursor; txId: string; rows: readonly AnchoredRow[]}, entries: readonly EntryFate[]): Promise<void> {
    const anchored = entries.filter((entry) => entry.fate === 'anchored');
    await session.$executeRaw`
      UPDATE records SET state = ${STATE.anchored}, height = ${of.block.height}, tx_id = ${of.txId}, log_index = entry.log_index, anchor_tx = NULL, refusal_code = NULL
      FROM unnest(${anchored.map(({recordId}) => recordId)}::text[], ${anchored.map(({logIndex}) => logIndex)}::bigint[]) AS entry (record_id, log_index)
      WHERE records.record_id = entry.record_id AND records.state <> ${STATE.anchored}`;
    const byId = new Map(of.rows.map((row) => [row.recordId, row]));
    for (const entry of entries) {
      const row = byId.get(entry.recordId);
      // Anchored by an earlier transaction, or under way in a later one: this entry says nothing new.
      if (row === undefined || entry.fate === 'anchored' || row.state !== STATE.stored || row.anchorTx !== of.txId) continue;
      if (entry.fate === 'later') {
        await session.record.update({where: {recordId: entry.recordId}, data: {anchorTx: null, retryAtMs: BigInt(this.now() + retryAfterMs(row.anchorAttempts))}});
      } else {
        await this.#refuse(session, {block: of.block, txId: of.txId, row, code: entry.code});
      }
    }
  }

  async #refuse(session: Session, {block, txId, row, code}: {block: LedgerCursor; txId: string; row: AnchoredRow; code: number}): Promise<void> {
    await session.record.update({where: {recordId: row.recordId}, data: {state: STATE.refused, refusalCode: code, height: block.height, txId, anchorTx: null}});
    await session.outboxMessage.createMany({data: [alertRow(alertOf('refused', {
      patient: row.patient, subject: fromHex(row.recordId), traceparent: row.traceparent ?? undefined, raisedAtMs: BigInt(this.now()),
      text: `The ledger refused a record of your device (${codeName(code)}). The device still holds its readings and sends them again under new numbers.`,
    }))]});
  }

  // From here on no block can take these bytes.
  async #expire(session: Session, block: LedgerCursor): Promise<number> {
    const expired = await session.anchor.findMany({
      where: {state: 'open', OR: [{expiresAtHeight: {lte: block.height}}, {expiresAtTime: {lt: block.blockTime}}]}, select: {txId: true},
    });
    const txIds = expired.map(({txId}) => txId);
    if (txIds.length === 0) return 0;
    await session.anchor.updateMany({where: {txId: {in: txIds}}, data: {state: 'expired'}});
    await freeRecords(session, txIds, 0n);
    return txIds.length;
  }
}

async function recordsOf(session: Session, txId: string) {
  const entries = await session.anchorEntry.findMany({
    where: {txId}, orderBy: {place: 'asc'},
    select: {record: {select: {recordId: true, patient: true, traceparent: true, anchorAttempts: true, anchorTx: true, state: true}}},
  });
  return entries.map(({record}) => record);
}
