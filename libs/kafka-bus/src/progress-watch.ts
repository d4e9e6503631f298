/** What the watch looks at, once per tick. */
export interface Progress {
  /** Messages that are written and not handled; undefined: cannot be told (Kafka is away). */
  readonly lag: number | undefined;
  /** Attempts of handlers so far, the failed ones included. */
  readonly attempts: number;
}

/**
 * Tells whether a consumer hangs: messages wait, and no handler was even tried for a while. kafkajs can lose its fetch
 * loop without an event; the only cure is a new process. A handler that fails and is tried again is not a hang.
 */
export class ProgressWatch {
  #attempts = -1;
  #quietSinceMs: number | undefined;

  constructor(private readonly stalledAfterMs: number) {}

  /** @returns true when it hangs. */
  observe(progress: Progress, nowMs: number): boolean {
    const idle = progress.lag === undefined || progress.lag === 0;
    if (idle || progress.attempts !== this.#attempts) {
      this.#attempts = progress.attempts;
      this.#quietSinceMs = undefined;
      return false;
    }
    this.#quietSinceMs ??= nowMs;
    return nowMs - this.#quietSinceMs >= this.stalledAfterMs;
  }
}
