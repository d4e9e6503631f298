const FIRST_MS = 1_000;
const LONGEST_MS = 3_600_000;
/** With an hour at the most between them the last attempt is after about half a day. */
export const MAX_ATTEMPTS = 20;

/**
 * Milliseconds before the next attempt: doubling from one second to an hour, of which half is jitter, so that a
 * receiver that comes back is not hit by everything at once.
 * @param attempts attempts made, from 1
 * @param random from [0, 1)
 * @returns undefined: no more attempts
 */
export function backoffMs(attempts: number, random: number): number | undefined {
  if (attempts >= MAX_ATTEMPTS) return undefined;
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** (attempts - 1));
  return Math.round(whole / 2 + (whole / 2) * random);
}
