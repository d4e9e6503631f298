import {sweepRows} from '@vitalvault/postgres';
import type {ShortLived, Sweep} from '@vitalvault/postgres';
import type {Database} from './database.js';
import {Prisma} from './gen/client.js';

/** Blocks behind the newest one. A block takes effect once, and none behind the newest comes again. */
const behind = (blocks: number): Prisma.Sql => Prisma.sql`(SELECT height - ${blocks}::bigint FROM ledger_cursor)`;

/** For who looks at what became of a transaction. */
const ANCHORS_KEPT_BLOCKS = 10;
/** For a reader who comes late: she hears that her permit ended, and then that there is no such request. */
const REQUESTS_KEPT_BLOCKS = 10_000;
/** The message that brought one may come again for 7 days; it is told once (docs/operations/capacity.md). */
const CONFLICTS_KEPT_DAYS = 30;

/**
 * Transactions that no block can take any more. What each entry came to is in its own row, and what was carried in vain
 * is in a new one. The highest number that a key has used stays: from it the next one follows, also where a node proves
 * an older state.
 */
const anchors: Sweep = {
  table: 'anchors',
  oldest: 'expires_at_height',
  over: Prisma.sql`state <> 'open' AND expires_at_height < ${behind(ANCHORS_KEPT_BLOCKS)} AND (
    state <> 'included' OR nonce < (
      SELECT max(nonce) FROM anchors AS used WHERE used.key_id = anchors.key_id AND used.state = 'included'))`,
};

/** Requests that were refused, or whose permit ended; policy has the decision for good. */
const requests: Sweep = {
  table: 'access_requests',
  oldest: 'height',
  over: Prisma.sql`height < ${behind(REQUESTS_KEPT_BLOCKS)} AND (
    NOT permit OR release_until_height < (SELECT height FROM ledger_cursor)
      OR release_until_time < (SELECT block_time FROM ledger_cursor))`,
};

/** Records under a number that another one has; the alert of each is in the outbox, or sent. */
const conflicts = (now: Date): Sweep => ({
  table: 'record_conflicts',
  oldest: 'found_at',
  over: Prisma.sql`found_at < ${new Date(now.getTime() - CONFLICTS_KEPT_DAYS * 86_400_000)}`,
});

/** What storage keeps for a while only. */
export const shortLivedRows = (database: Database): ShortLived[] =>
  [() => anchors, () => requests, conflicts].map((sweepAt) => ({
    prune: (now, most) => sweepRows(database, sweepAt(now), most),
  }));
