/** What several samples of one thing say. */
export interface Summary {
  readonly median: number;
  /** First and third quartile. */
  readonly q1: number;
  readonly q3: number;
  readonly min: number;
  readonly max: number;
  readonly samples: number;
}

/** @throws RangeError when there is no sample, or one that is no finite number */
export function summarise(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError('nothing was measured');
  if (!samples.every(Number.isFinite)) throw new RangeError('a sample is no number');
  const sorted = samples.toSorted((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    q1: quantile(sorted, 0.25),
    q3: quantile(sorted, 0.75),
    min: sorted[0] as number,
    max: sorted.at(-1) as number,
    samples: sorted.length,
  };
}

/** Between two samples it is in proportion (type 7 of Hyndman and Fan, the default of R and NumPy). */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const [low, high] = [sorted[Math.floor(at)] as number, sorted[Math.ceil(at)] as number];
  return low + (high - low) * (at - Math.floor(at));
}
