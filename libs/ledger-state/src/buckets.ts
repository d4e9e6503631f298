import type {Bucket, Parameters, Quota} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Block} from './block-time.js';
import {joinRing, sweepRing} from './bucket-ring.js';
import type {Overlay} from './overlay.js';
import {refilled} from './refilled.js';
import type {Tokens} from './refilled.js';
import {has, load, save, SLOTS} from './state-slots.js';
import type {ReadableState} from './state-view.js';

/** First id part of a bucket's key. Append only. @spec docs/protocol.md §4.3 */
export const BUCKET = {
  rights: 1,
  accessRequests: 2,
  deviceEntries: 3,
  ownerEntries: 4,
  organisationEntries: 5,
  enrolments: 6,
  refusals: 7,
  requests: 8,
  organisationRefusals: 9,
  organisationRequests: 10,
  suspensions: 11,
  successions: 12,
} as const;

/** The quotas of the parameters: one for each kind of bucket, under the same name. */
export type QuotaName = keyof typeof BUCKET;

/** Of these there is one for every two that meet, so they go when they are full again; of the others one of each. */
const RINGED = new Map<number, QuotaName>(
  (['refusals', 'requests', 'organisationRefusals', 'organisationRequests'] as const).map((name) => [
    BUCKET[name],
    name,
  ]),
);

/** A bucket of somebody: its kind and the identities it belongs to. */
export interface BucketOf {
  readonly bucket: QuotaName;
  readonly identities: readonly Uint8Array[];
}

/** What is asked of a bucket. */
export interface Spending extends BucketOf {
  /** One when absent. */
  readonly tokens?: number;
}

interface Now {
  readonly parameters: Parameters;
  readonly block: Block;
}

/**
 * Tokens left at the block's time: min(burst, stored + refill × whole periods since), computed when touched, because an
 * eager refill would change the app hash of every block. A bucket that was never touched is full.
 * @spec docs/protocol.md §4.3
 */
export function tokensLeft(view: ReadableState, of: BucketOf, now: Now): bigint {
  return tokensOf(view, of, now).tokens;
}

/**
 * Takes what is asked of each of these buckets, which are distinct, or nothing when one of them has less: nobody pays
 * for what another's quota refuses, and what is more than its quota is not done in part.
 * @returns whether they were taken; who drops the answer lets somebody do for nothing what has a quota.
 */
export function spendTokens(state: Overlay, buckets: readonly Spending[], now: Now): boolean {
  const left = buckets.map((of) => {
    const {tokens, time} = tokensOf(state, of, now);
    return {of, tokens: tokens - BigInt(of.tokens ?? 1), time};
  });
  if (left.some(({tokens}) => tokens < 0n)) return false;
  for (const {of, tokens, time} of left) put(state, of, {tokens, time});
  const ringed = buckets.filter(isRinged).length;
  if (ringed > 0) sweepRing(state, ringed, (bucket, stored) => isFull(bucket, stored, now));
  return true;
}

/** Gives a token back to a bucket that has fewer than it may hold. */
export function giveToken(state: Overlay, of: BucketOf, now: Now): void {
  const {tokens, time} = tokensOf(state, of, now);
  if (tokens + 1n >= burstOf(of, now)) fillBucket(state, of, now);
  else put(state, of, {tokens: tokens + 1n, time});
}

/** A full bucket is none; one in a ring waits there for its turn. */
export function fillBucket(state: Overlay, of: BucketOf, now: Now): void {
  const parts = partsOf(of);
  if (!isRinged(of)) state.set(SLOTS.bucket.kind, parts, undefined);
  else if (has(state, SLOTS.bucket, parts)) put(state, of, {tokens: burstOf(of, now), time: now.block.time});
}

function put(state: Overlay, of: BucketOf, tokens: Tokens): void {
  const parts = partsOf(of);
  const next = isRinged(of) ? (load(state, SLOTS.bucket, parts)?.next ?? joinRing(state, parts)) : undefined;
  save(state, SLOTS.bucket, parts, {...tokens, ...(next && {next})});
}

function isFull(bucket: number, stored: Bucket, {parameters, block}: Now): boolean {
  const quota = parameters[RINGED.get(bucket) as QuotaName] as Quota;
  return refilled(stored, quota, block.time).tokens >= BigInt(quota.burst);
}

function tokensOf(view: ReadableState, of: BucketOf, {parameters, block}: Now): Tokens {
  return refilled(load(view, SLOTS.bucket, partsOf(of)), parameters[of.bucket] as Quota, block.time);
}

function isRinged({bucket}: BucketOf): boolean {
  return RINGED.has(BUCKET[bucket]);
}

function burstOf({bucket}: BucketOf, {parameters}: Now): bigint {
  return BigInt((parameters[bucket] as Quota).burst);
}

function partsOf({bucket, identities}: BucketOf): Uint8Array[] {
  return [Uint8Array.of(BUCKET[bucket]), ...identities];
}
