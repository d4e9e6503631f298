import {DomainError} from '@vitalvault/errors';
import {TokenBuckets} from '@vitalvault/process';
import type {Clock, Id} from './ports.js';

/** Of one asker: a log of a million leaves is read at once to a quarter, then in a minute and a half. */
const ASKER = {burst: 256, refillPerSecond: 8};
/** Of all: what validators work on at a time, and what waits for it. */
const [UNDER_WAY, WAITING] = [8, 64];
/** Of one asker: she may name a validator that hangs, and keeps her places for as long as it does. */
const [UNDER_WAY_OF_ONE, WAITING_OF_ONE] = [2, 6];

interface Share {
  underWay: number;
  readonly waiting: (() => void)[];
}

/**
 * How often somebody may have validators prove something, and how many such questions are under way at once: proofs
 * cost validators their one thread, and the asker nothing. Askers take turns. In memory: a restart fills the buckets.
 */
export class ProofQuota {
  readonly #askers = new TokenBuckets(ASKER);
  /** Who has a question under way or waiting; whose turn it is comes first. */
  readonly #shares = new Map<Id, Share>();
  #underWay = 0;
  #waiting = 0;

  constructor(private readonly now: Clock) {}

  /** One question of this asker. @throws DomainError quota-exceeded with seconds to wait; nothing is charged then */
  charge(asker: Id): void {
    const [one, nowMs] = [[{key: asker, tokens: 1}], this.now()];
    const waitMs = this.#askers.waitMs(one, nowMs) ?? 0;
    if (waitMs > 0) throw new DomainError('quota-exceeded', {retryAfterSeconds: Math.ceil(waitMs / 1_000)});
    this.#askers.take(one, nowMs);
  }

  /** Asks when it is this asker's turn. @throws DomainError quota-exceeded when too many wait already, hers or all */
  async inTurn<T>(asker: Id, ask: () => Promise<T>): Promise<T> {
    const share = this.#shares.get(asker) ?? {underWay: 0, waiting: []};
    await this.#place(asker, share);
    try {
      return await ask();
    } finally {
      this.#underWay -= 1;
      share.underWay -= 1;
      if (share.underWay + share.waiting.length === 0) this.#shares.delete(asker);
      this.#handOn();
    }
  }

  async #place(asker: Id, share: Share): Promise<void> {
    const free = this.#underWay < UNDER_WAY && share.underWay < UNDER_WAY_OF_ONE;
    if (!free && (share.waiting.length >= WAITING_OF_ONE || this.#waiting >= WAITING))
      throw new DomainError('quota-exceeded', {retryAfterSeconds: 1});
    this.#shares.set(asker, share);
    if (free) {
      this.#begin(share);
      return;
    }
    this.#waiting += 1;
    // Who hands a place on counts it as taken.
    await new Promise<void>((resolve) => share.waiting.push(resolve));
  }

  #begin(share: Share): void {
    this.#underWay += 1;
    share.underWay += 1;
  }

  /** The free place goes to the first in turn who may have one more under way; she is the last in turn then. */
  #handOn(): void {
    for (const [asker, share] of this.#shares) {
      const next = share.underWay < UNDER_WAY_OF_ONE ? share.waiting.shift() : undefined;
      if (next === undefined) continue;
      this.#shares.delete(asker);
      this.#shares.set(asker, share);
      this.#waiting -= 1;
      this.#begin(share);
      next();
      return;
    }
  }
}
