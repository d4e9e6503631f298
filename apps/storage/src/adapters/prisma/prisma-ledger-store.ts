import {toDecimal} from '@vitalvault/contracts';
import {DomainError} from '@vitalvault/errors';
import type {BlockEffect, LedgerCursor, LedgerStore, TakenBlock} from '../../application/ports.js';
import type {IncludedAnchor} from '../../domain/block-facts.js';
import type {EntryParameters} from '../../domain/entry-limits.js';
import {isWithoutRoom, retryAfterMs, settleAnchor} from '../../domain/settle-anchor.js';
import type {AnchorFate, EntryFate} from '../../domain/settle-anchor.js';
import {countBlocks} from './count-blocks.js';
import {inTransaction} from './database.js';
import type {Database, Session} from './database.js';
import type {Anchor} from './gen/client.js';
import {freeEntries} from './prisma-anchor-store.js';
import {bytesOf} from './outbox-rows.js';
import {keepDevices, keepReaders, keepRequests} from './keep-facts.js';
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
  readonly at: LedgerCursor;
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
    const {height, blockTime, hash} = await this.database.ledgerCursor.findUniqueOrThrow({where: {id: 1}});
    return {height, blockTime, hash: hash ?? undefined};
  }

  async apply(...blocks: readonly TakenBlock[]): Promise<BlockEffect> {
    const [first, last] = [blocks[0]?.at, blocks.at(-1)?.at];
    if (first === undefined || last === undefined) return NOTHING;
    return inTransaction(
      this.database,
      async (session) => {
        const continues = {id: 1, height: first.height - 1n};
        const hash = last.hash === undefined ? null : bytesOf(last.hash);
        const {count} = await session.ledgerCursor.updateMany({where: continues, data: {...last, hash}});
        if (count === 0) return nothingOf(session, {first, last});
        await keepRequests(session, blocks);
        await keepDevices(session, blocks);
        await keepReaders(session, blocks);
        await countBlocks(session, blocks, this.options);
        const included = blocks.flatMap(({at, facts}) => facts.anchors.map((anchor) => ({...anchor, at})));
        const known = await knownOf(session, included);
        const recognised = await recognise(
          session,
          included.filter(({txId}) => !known.has(txId)),
        );
        const own = await judged(session, included, known);
        // A leaf of ours wins over any refusal of the same entry, whichever of the transactions comes first.
        const anchored = new Set(own.flatMap(({fate}) => anchoredBy(fate)));
        const anchors: AnchorEffect[] = [];
        for (const one of own) anchors.push(await this.#settle(session, one.at, {...one, anchored}));
        const keys = [...new Set(own.map(({anchor}) => anchor.keyId))];
        if (keys.length > 0)
          await session.signingNonce.updateMany({where: {keyId: {in: keys}}, data: {waitingSince: null}});
        return {anchors, expired: await this.#expire(session, last), recognised};
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
      acceptedAtMs: acceptedOf(carried, entries),
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

type Known = ReadonlyMap<string, Anchor>;
type Included = IncludedAnchor & {readonly at: LedgerCursor};

async function knownOf(session: Session, anchors: readonly Included[]): Promise<Known> {
  if (anchors.length === 0) return new Map();
  const rows = await session.anchor.findMany({where: {txId: {in: anchors.map(({txId}) => txId)}}});
  return new Map(rows.map((one) => [one.txId, one]));
}

async function judged(session: Session, anchors: readonly Included[], known: Known): Promise<Judged[]> {
  const carried = known.size === 0 ? new Map<string, Carried[]>() : await carriedBy(session, [...known.keys()]);
  return anchors.flatMap(({at, txId, signerKeyId, code, results}): Judged[] => {
    const anchor = known.get(txId);
    // Not signed by us, whatever its id says, or settled before.
    if (anchor === undefined || anchor.keyId !== signerKeyId || anchor.state === 'included') return [];
    const fate = settleAnchor(anchor.entries, code, results);
    return fate.kind === 'ignored' ? [] : [{at, anchor, carried: carried.get(txId) ?? [], code, fate}];
  });
}

// Signed by our key, and nothing of it is here: the database came back from a copy. What it anchored is anchored.
async function recognise(session: Session, unknown: readonly Included[]): Promise<number> {
  // Of others nothing is judged: their results are theirs to read.
  const own = unknown.filter((one) => one.entryIds.length > 0);
  const leaves = own.flatMap(({at: {height}, txId, entryIds, code, results}) => {
    const fate = settleAnchor(entryIds, code, results);
    const anchored = fate.kind === 'settled' ? fate.entries.filter((one) => one.fate === 'anchored') : [];
    return anchored.map(({entryId, logIndex}) => ({entryId, logIndex, height, txId}));
  });
  await recogniseLeaves(session, leaves);
  return leaves.length;
}

function acceptedOf(carried: readonly Carried[], entries: readonly EntryFate[]): bigint[] {
  const anchored = new Set(entries.flatMap(({fate, entryId}) => (fate === 'anchored' ? [entryId] : [])));
  return carried.flatMap(({entryId, acceptedAtMs}) =>
    acceptedAtMs !== null && anchored.has(entryId) ? [BigInt(acceptedAtMs.toFixed())] : [],
  );
}

const anchoredBy = (fate: Judged['fate']): string[] =>
  fate.kind === 'settled' ? fate.entries.flatMap((one) => (one.fate === 'anchored' ? [one.entryId] : [])) : [];

const NOTHING: BlockEffect = {anchors: [], expired: 0, recognised: 0};

// Another process has these blocks already, or some; or the database is a copy that lacks what this process has stored.
async function nothingOf(
  session: Session,
  {first, last}: {first: LedgerCursor; last: LedgerCursor},
): Promise<BlockEffect> {
  const {height} = await session.ledgerCursor.findUniqueOrThrow({where: {id: 1}});
  if (height >= last.height) return NOTHING;
  const not = height < first.height ? first.height - 1n : height + 1n;
  throw new DomainError('behind', {detail: `Block ${not} is not stored.`});
}
