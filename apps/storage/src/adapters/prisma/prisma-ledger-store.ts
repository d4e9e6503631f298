import {toDecimal} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import type {BlockEffect, LedgerCursor, LedgerStore} from '../../application/ports.js';
import type {BlockFacts, IncludedAnchor, ReaderKey} from '../../domain/block-facts.js';
import type {EntryParameters} from '../../domain/entry-limits.js';
import {isWithoutRoom, retryAfterMs, settleAnchor} from '../../domain/settle-anchor.js';
import type {AnchorFate, EntryFate} from '../../domain/settle-anchor.js';
import {countBlock} from './count-block.js';
import {inTransaction} from './database.js';
import type {Database, Session} from './database.js';
import type {Anchor} from './gen/client.js';
import {bytesOf} from './outbox-rows.js';
import {freeEntries} from './prisma-anchor-store.js';
import {requestRow} from './request-row.js';
import {recogniseLeaves} from './early-leaves.js';
import {carriedBy, settleEntries} from './settle-entries.js';
import type {Carried} from './settle-entries.js';

export interface LedgerStoreOptions {
  readonly now: () => number;
  readonly parameters: EntryParameters;
  /** Key ids of all our organisation's storage processes: they share its bucket. */
  readonly ownKeys: ReadonlySet<string>;
}

type AnchorEffect = BlockEffect['anchors'][number];

/** An inclusion of a transaction of ours that counts. */
interface Judged {
  readonly anchor: Anchor;
  readonly carried: readonly Carried[];
  readonly code: number;
  readonly fate: Exclude<AnchorFate, {kind: 'ignored'}>;
}

const MAX_LINKS = 64;
/** A legal block may settle thousands of entries; whatever it takes, it must get through. */
const BLOCK_MS = 600_000;

/** Effects of blocks, each in one transaction with the cursor: a block takes effect once. */
export class PrismaLedgerStore implements LedgerStore {
  constructor(
    private readonly database: Database,
    private readonly options: LedgerStoreOptions,
  ) {}

  async cursor(): Promise<LedgerCursor> {
    const {height, blockTime} = await this.database.ledgerCursor.findUniqueOrThrow({where: {id: 1}});
    return {height, blockTime};
  }

  async apply(block: LedgerCursor, facts: BlockFacts): Promise<BlockEffect> {
    return inTransaction(
      this.database,
      async (session) => {
        const {count} = await session.ledgerCursor.updateMany({where: {id: 1, height: block.height - 1n}, data: block});
        if (count === 0) return nothingOf(session, block);
        await session.accessRequest.createMany({
          data: facts.requests.map((request) => ({...requestRow(request), height: block.height})),
          skipDuplicates: true,
        });
        await session.device.createMany({
          data: facts.devices.map(({device, publicKey}) => ({device, publicKey: bytesOf(publicKey)})),
          skipDuplicates: true,
        });
        for (const reader of facts.readers) await putReader(session, reader);
        await countBlock(session, block, {...this.options, facts});
        const known = await knownOf(session, facts.anchors);
        const recognised = await recognise(
          session,
          block,
          facts.anchors.filter(({txId}) => !known.has(txId)),
        );
        const own = await judged(session, facts.anchors, known);
        // A leaf of ours wins over any refusal of the same entry, whichever of the block's transactions comes first.
        const anchored = new Set(own.flatMap(({fate}) => anchoredBy(fate)));
        const anchors: AnchorEffect[] = [];
        for (const one of own) anchors.push(await this.#settle(session, block, {...one, anchored}));
        const keys = [...new Set(own.map(({anchor}) => anchor.keyId))];
        await session.signingNonce.updateMany({where: {keyId: {in: keys}}, data: {waitingSince: null}});
        return {anchors, expired: await this.#expire(session, block), recognised};
      },
      BLOCK_MS,
    );
  }

  async #settle(
    session: Session,
    block: LedgerCursor,
    {anchor, carried, code, fate, anchored}: Judged & {anchored: ReadonlySet<string>},
  ): Promise<AnchorEffect> {
    const {txId, txHash, traceparent} = anchor;
    await session.anchor.update({
      where: {txId},
      data: {state: fate.kind === 'settled' ? 'included' : 'failed', code: BigInt(code), height: block.height},
    });
    const entries =
      fate.kind === 'settled'
        ? fate.entries.filter((one) => one.fate === 'anchored' || !anchored.has(one.entryId))
        : [];
    if (fate.kind === 'failed') {
      await freeEntries(session, [txId], BigInt(this.options.now() + retryAfterMs(1)));
    } else {
      const settling = {height: block.height, txId, nowMs: this.options.now(), carried};
      await settleEntries(session, settling, entries);
    }
    const count = (wanted: EntryFate['fate']): number => entries.filter((entry) => entry.fate === wanted).length;
    return {
      txId,
      txHash,
      traceparent: traceparent ?? undefined,
      anchored: count('anchored'),
      later: count('later'),
      refused: count('refused'),
      noRoom: isWithoutRoom(code, entries),
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

async function putReader(session: Session, {keyId, publicKey, identity, kind}: ReaderKey): Promise<void> {
  await session.readerKey.updateMany({where: {identity, current: true}, data: {current: false}});
  const row = {publicKey: bytesOf(publicKey), identity, kind, current: true};
  await session.readerKey.upsert({where: {keyId}, create: {keyId, ...row}, update: row});
}

type Known = ReadonlyMap<string, Anchor>;

async function knownOf(session: Session, anchors: readonly IncludedAnchor[]): Promise<Known> {
  if (anchors.length === 0) return new Map();
  const rows = await session.anchor.findMany({where: {txId: {in: anchors.map(({txId}) => txId)}}});
  return new Map(rows.map((one) => [one.txId, one]));
}

async function judged(session: Session, anchors: readonly IncludedAnchor[], known: Known): Promise<Judged[]> {
  const carried = known.size === 0 ? new Map<string, Carried[]>() : await carriedBy(session, [...known.keys()]);
  return anchors.flatMap(({txId, signerKeyId, code, results}): Judged[] => {
    const anchor = known.get(txId);
    // Not signed by us, whatever its id says, or settled before.
    if (anchor === undefined || anchor.keyId !== signerKeyId || anchor.state === 'included') return [];
    const fate = settleAnchor(anchor.entries, code, results);
    return fate.kind === 'ignored' ? [] : [{anchor, carried: carried.get(txId) ?? [], code, fate}];
  });
}

// Signed by our key, and nothing of it is here: the database came back from a copy. What it anchored is anchored.
async function recognise(
  session: Session,
  {height}: LedgerCursor,
  unknown: readonly IncludedAnchor[],
): Promise<number> {
  let recognised = 0;
  // Of others nothing is judged: their results are theirs to read.
  for (const {txId, entryIds, code, results} of unknown.filter((one) => one.entryIds.length > 0)) {
    const fate = settleAnchor(entryIds, code, results);
    const leaves = fate.kind === 'settled' ? fate.entries.filter((one) => one.fate === 'anchored') : [];
    await recogniseLeaves(session, {height, txId}, leaves);
    recognised += leaves.length;
  }
  return recognised;
}

const anchoredBy = (fate: Judged['fate']): string[] =>
  fate.kind === 'settled' ? fate.entries.flatMap((one) => (one.fate === 'anchored' ? [one.entryId] : [])) : [];

// Another process has this block already, or more; or the database is a copy that lacks what this process has stored.
async function nothingOf(session: Session, {height}: LedgerCursor): Promise<BlockEffect> {
  const stored = await session.ledgerCursor.findUniqueOrThrow({where: {id: 1}});
  if (stored.height < height) throw new DomainError('behind', {detail: `Block ${height - 1n} is not stored.`});
  return {anchors: [], expired: 0, recognised: 0};
}
