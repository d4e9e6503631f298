/** So many transactions are remembered; one that was forgotten begins with the preferred node again. */
const MOST = 1_000;

/** How often each of the newest transactions was sent. */
export class SentBefore {
  readonly #times = new Map<string, number>();

  /** Counts one more. @returns how often it was sent before */
  count(txHash: string): number {
    const times = this.#times.get(txHash) ?? 0;
    this.#times.delete(txHash);
    this.#times.set(txHash, times + 1);
    const [oldest] = this.#times.keys();
    if (this.#times.size > MOST && oldest !== undefined) this.#times.delete(oldest);
    return times;
  }
}
