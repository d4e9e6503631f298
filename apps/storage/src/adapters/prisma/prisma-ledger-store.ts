import {toDecimal} from '@vitalvault/contracts';
import type {BlockEffect, LedgerCursor, LedgerStore} from '../../application/ports.js';
import type {BlockFacts, IncludedAnchor} from '../../domain/block-facts.js';
import {retryAfterMs, settleAnchor} from '../../domain/settle-anchor.js';
import type {EntryFate} from '../../domain/settle-anchor.js';
import {inTransaction} from './database.js';
import type {Database, Session} from './database.js';
import {bytesOf} from './outbox-rows.js';
import {freeEntries} from './prisma-anchor-store.js';
import {requestRow} from './request-row.js';
import {carriedBy, settleRecords, settleSkips} from './settle-entries.js';

type AnchorEffect = BlockEffect['anchors'][number];

const MAX_LINKS = 64;

/** Effects of blocks, each in one transaction with the cursor: a block takes effect once. */
export class PrismaLedgerStore implements LedgerStore {
  constructor(
    private readonly database: Database,
    private readonly now: () => number,
  ) {}

  async cursor(): Promise<LedgerCursor> {
    const {height, blockTime} = await this.database.ledgerCursor.findUniqueOrThrow({where: {id: 1}});
    return {height, blockTime};
  }

  async apply(block: LedgerCursor, facts: BlockFacts): Promise<BlockEffect> {
    return inTransaction(this.database, async (session) => {
      const {count} = await session.ledgerCursor.updateMany({where: {id: 1, height: block.height - 1n}, data: block});
      // Another process has this block already, or more.
      if (count === 0) return {anchors: [], expired: 0};
      await session.accessRequest.createMany({
        data: facts.requests.map((request) => ({...requestRow(request), height: block.height})),
        skipDuplicates: true,
      });
      await session.device.createMany({
        data: facts.devices.map(({device, publicKey}) => ({device, publicKey: bytesOf(publicKey)})),
        skipDuplicates: true,
      });
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
    const carried = await carriedBy(session, included.txId);
    const fate = settleAnchor(
      carried.map(({entryId}) => entryId),
      included.code,
      included.results,
    );
    if (fate.kind === 'ignored') return undefined;
    const {txId, txHash, traceparent} = anchor;
    await session.anchor.update({
      where: {txId},
      data: {state: fate.kind === 'settled' ? 'included' : 'failed', code: BigInt(included.code), height: block.height},
    });
    if (fate.kind === 'failed') {
      await freeEntries(session, [txId], BigInt(this.now() + retryAfterMs(1)));
    } else {
      const settling = {height: block.height, txId, nowMs: this.now(), carried};
      await settleRecords(session, settling, fate.entries);
      await settleSkips(session, settling, fate.entries);
    }
    const entries = fate.kind === 'settled' ? fate.entries : [];
    const count = (wanted: EntryFate['fate']): number => entries.filter((entry) => entry.fate === wanted).length;
    return {
      txId,
      txHash,
      traceparent: traceparent ?? undefined,
      anchored: count('anchored'),
      later: count('later'),
      refused: count('refused'),
      traces: carried.flatMap((row) => row.traceparent ?? []).slice(0, MAX_LINKS),
    };
  }

  // From here on no block can take these bytes.
  async #expire(session: Session, block: LedgerCursor): Promise<number> {
    const expired = await session.anchor.findMany({
      where: {
        state: 'open',
        OR: [{expiresAtHeight: {lte: toDecimal(block.height)}}, {expiresAtTime: {lt: toDecimal(block.blockTime)}}],
      },
      select: {txId: true},
    });
    const txIds = expired.map(({txId}) => txId);
    if (txIds.length === 0) return 0;
    await session.anchor.updateMany({where: {txId: {in: txIds}}, data: {state: 'expired'}});
    await freeEntries(session, txIds, 0n);
    return txIds.length;
  }
}
