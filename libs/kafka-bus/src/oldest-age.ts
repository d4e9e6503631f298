const LEAST_MS = 1_000;
/** More than a topic may keep its messages. */
const MOST_MS = 400 * 86_400_000;
/** So far above the true age the answer may be. */
const RATIO = 1.1;

/**
 * Age of the oldest of some messages in milliseconds, at most a tenth more than it is; found by asking whether one is
 * older, about ten times. Kafka finds the first message of a time, and tells no message's time.
 * @param isOlder whether one of them is older than so many milliseconds
 */
export async function oldestAge(isOlder: (ageMs: number) => Promise<boolean>): Promise<number> {
  let [below, above] = [LEAST_MS, LEAST_MS];
  while (above < MOST_MS && (await isOlder(above))) [below, above] = [above, above * 8];
  while (above > below * RATIO) {
    const middle = Math.sqrt(below * above);
    if (await isOlder(middle)) below = middle;
    else above = middle;
  }
  return Math.round(above);
}
