import type {Parameters} from '@vitalvault/contracts/gen/ledger/v1/state';
import type {Overlay} from './overlay.js';
import {quotient} from './quotient.js';
import {load, save, SLOTS} from './state-slots.js';
import type {StateView} from './state-view.js';

/** First id part of a bucket's key. Append only. @spec docs/protocol.md §4.3 */
export const BUCKET = {
  rights: 1,
  accessRequests: 2,
  deviceEntries: 3,
  ownerEntries: 4,
  organisationEntries: 5,
  enrolments: 6,
  ungranted: 7,
} as const;

/** A bucket of somebody: its number and the identities it belongs to. */
export interface BucketOf {
  readonly bucket: (typeof BUCKET)[keyof typeof BUCKET];
  readonly identities: readonly Uint8Array[];
}

interface Rate {
  readonly burst: bigint;
  /** Tokens that come back in every `blocks` blocks. */
  readonly refill: bigint;
  readonly blocks: bigint;
}

/**
 * Tokens left at `height`: min(burst, stored + refill × blocks since), computed when touched, because an eager refill
 * would change the app hash of every block. A bucket that was never touched is full.
 * @spec docs/protocol.md §4.3
 */
export function tokensLeft(
  view: StateView,
  of: BucketOf,
  {parameters, height}: {parameters: Parameters; height: bigint},
): bigint {
  return refilled(view, of, rateOf(of.bucket, parameters), height).tokens;
}

/**
 * Takes a token from each of these buckets, which are distinct, or from none when one of them is empty: nobody pays for
 * what another's quota refuses.
 * @returns whether they were taken; who drops the answer lets somebody do for nothing what has a quota.
 */
export function spendTokens(
  state: Overlay,
  buckets: readonly BucketOf[],
  {parameters, height}: {parameters: Parameters; height: bigint},
): boolean {
  const now = buckets.map((of) => ({of, ...refilled(state, of, rateOf(of.bucket, parameters), height)}));
  if (now.some(({tokens}) => tokens < 1n)) return false;
  for (const {of, tokens, height: until} of now)
    save(state, SLOTS.bucket, partsOf(of), {tokens: tokens - 1n, height: until});
  return true;
}

function refilled(
  view: StateView,
  of: BucketOf,
  {burst, refill, blocks}: Rate,
  height: bigint,
): {tokens: bigint; height: bigint} {
  const stored = load(view, SLOTS.bucket, partsOf(of));
  if (stored === undefined) return {tokens: burst, height};
  const periods = quotient(height - stored.height, blocks);
  const tokens = stored.tokens + refill * periods;
  // A period that has only begun is not lost: the bucket speaks for the height at which its last whole period ended.
  return tokens >= burst ? {tokens: burst, height} : {tokens, height: stored.height + periods * blocks};
}

function partsOf({bucket, identities}: BucketOf): Uint8Array[] {
  return [Uint8Array.of(bucket), ...identities];
}

function rateOf(bucket: BucketOf['bucket'], parameters: Parameters): Rate {
  const quota = {
    [BUCKET.rights]: parameters.rights,
    [BUCKET.accessRequests]: parameters.accessRequests,
    [BUCKET.deviceEntries]: parameters.deviceEntries,
    [BUCKET.ownerEntries]: parameters.ownerEntries,
    [BUCKET.organisationEntries]: parameters.organisationEntries,
    [BUCKET.enrolments]: parameters.enrolments,
    [BUCKET.ungranted]: undefined,
  }[bucket];
  if (bucket === BUCKET.ungranted)
    return {burst: BigInt(parameters.ungrantedBurst), refill: 1n, blocks: BigInt(parameters.ungrantedBlocksPerToken)};
  return {burst: BigInt(quota?.burst ?? 0), refill: BigInt(quota?.refill ?? 0), blocks: 1n};
}
