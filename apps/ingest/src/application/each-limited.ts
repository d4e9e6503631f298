/**
 * Runs `work` for every item, `limit` at once, and gives the results in order. The first failure is thrown; what had
 * not begun by then is not begun.
 */
export async function eachLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Map<number, R>();
  const waiting = items.entries();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      try {
        results.set(index, await work(item));
      } finally {
        failed ||= !results.has(index);
      }
      if (failed) return;
    }
  };
  await Promise.all(Array.from({length: Math.min(limit, items.length)}, worker));
  return items.map((_item, index) => results.get(index) as R);
}
