import {DomainError} from '@vitalvault/errors';

/** Size and speed of a bucket. */
export interface BucketRate {
  readonly burst: number;
  readonly refillPerSecond: number;
}

interface Bucket {
  tokens: number;
  /** Unix milliseconds that `tokens` speaks for. */
  atMs: number;
}

/** What one request wants from one bucket. */
export interface Demand {
  readonly key: string;
  readonly tokens: number;
}

/**
 * Token buckets of one kind (devices, owners, askers), in memory: a restart fills them, and what the ledger itself
 * limits holds regardless.
 * @paper ME Table 3
 */
export class TokenBuckets {
  readonly #buckets = new Map<string, Bucket>();

  constructor(
    private readonly rate: BucketRate,
    private readonly maxBuckets = 100_000,
  ) {}

  /**
   * Milliseconds until every demand can be met; 0: now; undefined: never, because one is above the burst. Takes
   * nothing.
   */
  waitMs(demands: readonly Demand[], nowMs: number): number | undefined {
    let wait = 0;
    for (const {key, tokens} of demands) {
      if (tokens > this.rate.burst) return undefined;
      const missing = tokens - this.#filled(key, nowMs);
      if (missing > 0) wait = Math.max(wait, Math.ceil((missing / this.rate.refillPerSecond) * 1_000));
    }
    return wait;
  }

  /** Takes what `waitMs` found to be there. */
  take(demands: readonly Demand[], nowMs: number): void {
    for (const {key, tokens} of demands) this.#put(key, {tokens: this.#filled(key, nowMs) - tokens, atMs: nowMs});
    this.#forgetFull(nowMs);
  }

  /** What somebody else counted, who counts for several: no more than that is there. */
  lower(levels: readonly Demand[], nowMs: number): void {
    for (const {key, tokens} of levels)
      this.#put(key, {tokens: Math.min(this.#filled(key, nowMs), tokens), atMs: nowMs});
    this.#forgetFull(nowMs);
  }

  /** One token. @throws DomainError quota-exceeded with seconds to wait; nothing is taken then */
  charge(key: string, nowMs: number, detail?: string): void {
    const demand = [{key, tokens: 1}];
    const waitMs = this.waitMs(demand, nowMs) ?? 0;
    if (waitMs > 0)
      throw new DomainError('quota-exceeded', {
        ...(detail === undefined ? {} : {detail}),
        retryAfterSeconds: Math.ceil(waitMs / 1_000),
      });
    this.take(demand, nowMs);
  }

  /** Gives back what was taken and not used. */
  give(demands: readonly Demand[], nowMs: number): void {
    for (const {key, tokens} of demands)
      this.#buckets.set(key, {tokens: Math.min(this.rate.burst, this.#filled(key, nowMs) + tokens), atMs: nowMs});
  }

  // Moved to the end: the map's first entries are those untouched for longest.
  #put(key: string, bucket: Bucket): void {
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
  }

  #filled(key: string, nowMs: number): number {
    const bucket = this.#buckets.get(key);
    if (bucket === undefined) return this.rate.burst;
    return Math.min(
      this.rate.burst,
      bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1_000) * this.rate.refillPerSecond,
    );
  }

  // Only a bucket that is full again may go: forgetting another one would give its tokens away.
  #forgetFull(nowMs: number): void {
    if (this.#buckets.size <= this.maxBuckets) return;
    for (const key of this.#buckets.keys()) {
      if (this.#filled(key, nowMs) < this.rate.burst) return;
      this.#buckets.delete(key);
    }
  }
}
