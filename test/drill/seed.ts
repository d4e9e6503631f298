import {seededRandom} from '@vitalvault/testkit';

/** `SEED=n make drill-ledger` plays one drill again. */
export const seed = process.env.SEED ?? '1';

/** The same seed, the same order. */
export function shuffled<T>(values: readonly T[]): T[] {
  const random = seededRandom(`order ${seed}`);
  const keyed = values.map((value) => ({value, at: Buffer.from(random(4)).readUInt32BE()}));
  return keyed.toSorted((a, b) => a.at - b.at).map(({value}) => value);
}
