import {DomainError} from '@vitalvault/errors';
import {TokenBuckets} from '@vitalvault/process';
import type {Clock, Id} from './ports.js';

/** Of one asker: a log of a million leaves is read at once to a quarter, then in a minute and a half. */
const ASKER = {burst: 256, refillPerSecond: 8};
/** Of all: what validators work on at a time, and what waits for it. */
const [UNDER_WAY, WAITING] = [8, 64];
/** Of one asker: she may name a validator that hangs, and keeps her places for as long as it does. */
const [UNDER_WAY_OF_ONE, WAITING_OF_ONE] = [2, 6];
/** Of all that name a validator, which may hang: half of the places. What names none goes past one that hangs. */
const [UNDER_WAY_NAMED, WAITING_NAMED] = [UNDER_WAY / 2, WAITING / 2];

interface Waiting {
  readonly named: boolean;
  readonly begin: () => void;
}

interface Share {
  underWay: number;
  readonly waiting: Waiting[];
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
  /** Of those, the ones that name a validator. */
  readonly #named = {underWay: 0, waiting: 0};

  constructor(private readonly now: Clock) {}

  /** One question of this asker. @throws DomainError quota-exceeded with seconds to wait; nothing is charged then */
  charge(asker: Id): void {
    this.#askers.charge(asker, this.now());
  }

  /**
   * Asks when it is this asker's turn.
   * @param ask of a validator that the asker names, if `named`: it may hang; bounded in time by itself
   * @throws DomainError quota-exceeded when too many wait already, hers, those that name a validator, or all
   */
  async inTurn<T>(asker: Id, ask: () => Promise<T>, {named = false} = {}): Promise<T> {
    const share = this.#shares.get(asker) ?? {underWay: 0, waiting: []};
    await this.#place(asker, share, named);
    try {
      return await ask();
    } finally {
      this.#count(share, named, -1);
      if (share.underWay + share.waiting.length === 0) this.#shares.delete(asker);
      this.#handOn();
    }
  }

  async #place(asker: Id, share: Share, named: boolean): Promise<void> {
    const free = this.#underWay < UNDER_WAY && this.#mayBegin(share, named);
    if (!free && this.#isFull(share, named)) throw new DomainError('quota-exceeded', {retryAfterSeconds: 1});
    this.#shares.set(asker, share);
    if (free) {
      this.#count(share, named, 1);
      return;
    }
    this.#waiting += 1;
    if (named) this.#named.waiting += 1;
    // Who hands a place on counts it as taken.
    await new Promise<void>((begin) => share.waiting.push({named, begin}));
  }

  #mayBegin({underWay}: Share, named: boolean): boolean {
    return underWay < UNDER_WAY_OF_ONE && (!named || this.#named.underWay < UNDER_WAY_NAMED);
  }

  #isFull({waiting}: Share, named: boolean): boolean {
    if (named && this.#named.waiting >= WAITING_NAMED) return true;
    return waiting.length >= WAITING_OF_ONE || this.#waiting >= WAITING;
  }

  #count(share: Share, named: boolean, by: 1 | -1): void {
    this.#underWay += by;
    share.underWay += by;
    if (named) this.#named.underWay += by;
  }

  /** The free place goes to the first in turn who may have one more under way; she is the last in turn then. */
  #handOn(): void {
    for (const [asker, share] of this.#shares) {
      const [next] = share.waiting;
      if (next === undefined || !this.#mayBegin(share, next.named)) continue;
      share.waiting.shift();
      this.#shares.delete(asker);
      this.#shares.set(asker, share);
      this.#waiting -= 1;
      if (next.named) this.#named.waiting -= 1;
      this.#count(share, next.named, 1);
      next.begin();
      return;
    }
  }
}
