/** Milliseconds that `work` took. */
export function timed(work: () => void): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

/** How many of `count` things a second `work` does. */
export function rate(count: number, work: () => void): number {
  return (count * 1000) / timed(work);
}
