/** Runs `work` for every item, `limit` at once, and gives the results in order; the first failure is thrown. */
export async function eachLimited<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Map<number, R>();
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) results.set(index, await work(item));
  };
  await Promise.all(Array.from({length: Math.min(limit, items.length)}, worker));
  return items.map((_item, index) => results.get(index) as R);
}
