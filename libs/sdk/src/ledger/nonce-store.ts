/**
 * Nonces of signing keys, each counted by itself: a key that takes another's place begins anew. Durable before it
 * answers: a number given twice is a refused transaction.
 */
export interface NonceStore {
  /** The next number that was never given for this key (its id, hexadecimal), at least `atLeast`; from 1. */
  next(keyId: string, atLeast?: bigint): Promise<bigint>;
}

/** Forgets everything with the process: for tests and one-shot tools. */
export class MemoryNonceStore implements NonceStore {
  private readonly last = new Map<string, bigint>();

  /** @param before the highest that was given before, of each key */
  constructor(private readonly before = 0n) {}

  next(keyId: string, atLeast = 1n): Promise<bigint> {
    const after = (this.last.get(keyId) ?? this.before) + 1n;
    const next = after > atLeast ? after : atLeast;
    this.last.set(keyId, next);
    return Promise.resolve(next);
  }
}
