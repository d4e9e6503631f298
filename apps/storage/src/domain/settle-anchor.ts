import {CODE, TRANSIENT_ENTRY_CODES, isCode} from '@vitalvault/contracts';
import {UnknownKind} from './unknown-kind.js';

/** What one entry of a transaction came to. */
export type EntryFate =
  | {readonly entryId: string; readonly fate: 'anchored'; readonly logIndex: bigint}
  | {readonly entryId: string; readonly fate: 'later'; readonly code: number}
  | {readonly entryId: string; readonly fate: 'refused'; readonly code: number};

/**
 * What a transaction that was included came to.
 * `ignored`: this inclusion does not count, the one that used the nonce does or will ·
 * `failed`: nothing happened and never will with these bytes; the entries need new ones.
 */
export type AnchorFate =
  | {readonly kind: 'settled'; readonly entries: readonly EntryFate[]}
  | {readonly kind: 'ignored'}
  | {readonly kind: 'failed'; readonly code: number};

/**
 * Judges an inclusion of an AnchorRecords transaction.
 * @param entryIds in their order: record ids and skip ids
 * @param results of its entries, in the same order; empty unless `code` is 0
 * @throws UnknownKind for a code that is newer than this program
 * @spec docs/protocol.md §3.6, §4.2
 */
export function settleAnchor(
  entryIds: readonly string[],
  code: number,
  results: readonly {code: number; index: bigint}[],
): AnchorFate {
  for (const given of [code, ...results.map((result) => result.code)])
    if (!isCode(given)) throw new UnknownKind(`result code ${given}`);
  // The same bytes were included before, or other bytes had this nonce: the follower has seen or will see that.
  if (code === CODE.nonceUsed) return {kind: 'ignored'};
  if (code !== CODE.ok || results.length !== entryIds.length) return {kind: 'failed', code};
  return {kind: 'settled', entries: entryIds.map((entryId, place) => fateOf(entryId, results[place]))};
}

function fateOf(entryId: string, result: {code: number; index: bigint} | undefined): EntryFate {
  const code = result?.code ?? CODE.internal;
  if (code === CODE.ok) return {entryId, fate: 'anchored', logIndex: result?.index ?? 0n};
  return TRANSIENT_ENTRY_CODES.has(code) ? {entryId, fate: 'later', code} : {entryId, fate: 'refused', code};
}

/** Whether what is sent next meets the same: the ledger has no room for entries, or our organisation no tokens. */
export function isWithoutRoom(code: number, entries: readonly EntryFate[]): boolean {
  return code === CODE.quota || entries.some((one) => one.fate === 'later' && one.code === CODE.stateFull);
}

const LONGEST_REST_MS = 60_000;

/**
 * Milliseconds for which an owner who could send nothing is not looked at: time alone may change that, a token, an
 * hour, the end of a pause.
 * @param rests looks in a row that found nothing, from 1
 */
export function restMs(rests: number): number {
  return Math.min(LONGEST_REST_MS, FIRST_RETRY_MS * 2 ** Math.min(rests - 1, 6));
}

const FIRST_RETRY_MS = 1_000;
const MAX_RETRY_MS = 600_000;

/**
 * Milliseconds until an entry that was refused for the time being is tried again: each try costs our organisation a
 * token. @param attempts refused so far, from 1
 */
export function retryAfterMs(attempts: number): number {
  return Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts - 1, 10));
}
