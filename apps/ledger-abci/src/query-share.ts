/** Of the time of this thread, that questions may take for long; what they may take at once before that counts. */
const SHARE = 0.25;
const BURST_MS = 500;

/**
 * Holds questions to a share of the one thread that executes blocks. What a question took is taken from a bucket of
 * milliseconds that fills with the share of the time that passes; while anything is owed, the next one is refused.
 * None waits: CometBFT asks on one connection whose order holds, so whatever waited there would keep waiting what
 * comes behind it, and CometBFT refuses a peer when its filter is not answered within 5 s.
 */
export class QueryShare {
  private left = BURST_MS;
  private atMs: number;

  /** @param nowMs of a clock that only rises */
  constructor(private readonly nowMs: () => number) {
    this.atMs = nowMs();
  }

  /** The answer; undefined while something is owed: then nothing was asked. */
  run<T>(answer: () => T): T | undefined {
    if (this.fill() < 0) return undefined;
    const begin = this.nowMs();
    try {
      return answer();
    } finally {
      this.fill();
      this.left -= this.nowMs() - begin;
    }
  }

  private fill(): number {
    const now = this.nowMs();
    this.left = Math.min(BURST_MS, this.left + (now - this.atMs) * SHARE);
    this.atMs = now;
    return this.left;
  }
}
