const FIRST_MS = 1_000;
const LONGEST_MS = 3_600_000;
/** With an hour at the most between them the last attempt is four to eight hours after the first. */
export const MAX_ATTEMPTS = 20;
/** A receiver that hangs costs a delivery's time once in so long, however many alerts wait for it. */
const LONGEST_REST_MS = 60_000;

/**
 * Milliseconds before the next attempt: doubling from one second to an hour, of which half is jitter, so that a
 * receiver that comes back is not hit by everything at once.
 * @param attempts attempts made, from 1
 * @param random from [0, 1)
 * @returns undefined: no more attempts
 */
export function backoffMs(attempts: number, random: number): number | undefined {
  return attempts >= MAX_ATTEMPTS ? undefined : jittered(LONGEST_MS, attempts, random);
}

/**
 * Milliseconds for which nothing more is sent to a webhook that failed: as above, up to a minute.
 * @param failures in a row, from 1
 */
export const restMs = (failures: number, random: number): number => jittered(LONGEST_REST_MS, failures, random);

function jittered(longestMs: number, times: number, random: number): number {
  const whole = Math.min(longestMs, FIRST_MS * 2 ** (times - 1));
  return Math.round(whole / 2 + (whole / 2) * random);
}
