/** Nonces of one signing key. Durable before it answers: a number given twice is a refused transaction. */
export interface NonceStore {
  /** The next number that was never given, at least `atLeast`; from 1. */
  next(atLeast?: bigint): Promise<bigint>;
}

/** Forgets everything with the process: for tests and one-shot tools. */
export class MemoryNonceStore implements NonceStore {
  /** @param last the highest that was given before */
  constructor(private last = 0n) {}

  next(atLeast = 1n): Promise<bigint> {
    this.last = this.last + 1n > atLeast ? this.last + 1n : atLeast;
    return Promise.resolve(this.last);
  }
}
