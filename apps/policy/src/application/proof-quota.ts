import {DomainError} from '@vitalvault/errors';
import {TokenBuckets} from '@vitalvault/process';
import type {Clock, Id} from './ports.js';

/** Of one asker: a log of a million leaves is read at once to a quarter, then in a minute and a half. */
const ASKER = {burst: 256, refillPerSecond: 8};
/** Of all: what validators work on at a time, and what waits for it. */
const [UNDER_WAY, WAITING] = [8, 64];

/**
 * How often somebody may have validators prove something, and how many such questions are under way at once: proofs
 * cost validators their one thread, and the asker nothing. In memory: a restart fills the buckets.
 */
export class ProofQuota {
  readonly #askers = new TokenBuckets(ASKER);
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  constructor(private readonly now: Clock) {}

  /** One question of this asker. @throws DomainError quota-exceeded with seconds to wait; nothing is charged then */
  charge(asker: Id): void {
    const [one, nowMs] = [[{key: asker, tokens: 1}], this.now()];
    const waitMs = this.#askers.waitMs(one, nowMs) ?? 0;
    if (waitMs > 0) throw new DomainError('quota-exceeded', {retryAfterSeconds: Math.ceil(waitMs / 1_000)});
    this.#askers.take(one, nowMs);
  }

  /** Asks when it is its turn. @throws DomainError quota-exceeded when too many wait already */
  async inTurn<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#underWay >= UNDER_WAY) {
      if (this.#waiting.length >= WAITING) throw new DomainError('quota-exceeded', {retryAfterSeconds: 1});
      // Whoever is done hands its place on.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#underWay += 1;
    try {
      return await ask();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#underWay -= 1;
      else next();
    }
  }
}
