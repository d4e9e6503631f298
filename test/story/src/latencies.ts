/** Percentiles of times in milliseconds, rounded; zeros when there are none. */
export interface Latencies {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

export function latencies(milliseconds: readonly number[]): Latencies {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0);
  return {count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1)};
}
