import type {Quota} from '@vitalvault/contracts/gen/ledger/v1/state';
import {quotient} from './quotient.js';

/** Tokens of a bucket and the time for which it speaks; Unix seconds. */
export interface Tokens {
  readonly tokens: bigint;
  readonly time: bigint;
}

/**
 * A bucket at a later time: min(burst, stored + refill × whole periods since). One that was never touched is full.
 * @param stored undefined: never touched
 * @spec docs/protocol.md §4.3
 */
export function refilled(
  stored: Tokens | undefined,
  {burst, refill, seconds}: Pick<Quota, 'burst' | 'refill' | 'seconds'>,
  now: bigint,
): Tokens {
  const full = {tokens: BigInt(burst), time: now};
  if (stored === undefined) return full;
  const periods = quotient(now - stored.time, BigInt(seconds));
  const tokens = stored.tokens + BigInt(refill) * periods;
  // A period that has only begun is not lost: the bucket speaks for the time at which its last whole period ended.
  return tokens >= full.tokens ? full : {tokens, time: stored.time + periods * BigInt(seconds)};
}
