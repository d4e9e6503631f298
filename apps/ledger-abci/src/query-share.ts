/** Of the time of this thread, that questions may take for long; what they may take at once before that counts. */
const SHARE = 0.25;
const BURST_MS = 500;

/**
 * Holds questions to a share of the one thread that executes blocks. What a question took is taken from a bucket of
 * milliseconds that fills with the share of the time that passes; the next one waits until nothing is owed. Questions
 * are asked on a connection of their own, whose order holds, so nothing else waits with them.
 */
export class QueryShare {
  private left = BURST_MS;
  private atMs: number;

  /** @param nowMs of a clock that only rises */
  constructor(
    private readonly nowMs: () => number,
    private readonly sleep: (milliseconds: number) => Promise<unknown>,
  ) {
    this.atMs = nowMs();
  }

  /** The answer at once while nothing is owed. */
  run<T>(answer: () => T): T | Promise<T> {
    const owed = -this.fill();
    return owed <= 0 ? this.measured(answer) : this.sleep(Math.ceil(owed / SHARE)).then(() => this.run(answer));
  }

  private measured<T>(answer: () => T): T {
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
