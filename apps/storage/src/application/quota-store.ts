/** How much of one quota a body wants. */
export interface QuotaDemand {
  readonly kind: 'device' | 'owner';
  /** Id of the device or the owner, hexadecimal. */
  readonly owner: string;
  readonly records: number;
  readonly burst: number;
  readonly refillPerSecond: number;
}

export interface QuotaTaken {
  /** 0: taken; else nothing was, and after so long all of it would be there. */
  readonly waitMs: number;
  /** Records that each has left now, never less than it has. */
  readonly left: readonly number[];
}

/** Token buckets that all processes share, by the clock of the database. @paper ME Table 3 */
export interface QuotaStore {
  /** All of it or nothing; each device and owner is named once. */
  take(demands: readonly QuotaDemand[]): Promise<QuotaTaken>;
  /** How many records of each of these owners wait to be packed or anchored, about `most` at the most. */
  waiting(owners: readonly string[], most: number): Promise<readonly number[]>;
}
