import {DomainError} from '@vitalvault/errors';
import {TokenBuckets} from '@vitalvault/process';

/** Of one address: a hospital's whole ward may come anew at once. */
const RATE = {burst: 256, refillPerSecond: 16};

/**
 * What an address may have us ask for keys or devices that nobody knows yet. It is taken before the question and given
 * back for those that turn out to be somebody's: only strangers pay.
 */
export class Strangers {
  readonly #buckets = new TokenBuckets(RATE);

  constructor(private readonly now: () => number = Date.now) {}

  /**
   * @returns to be called with how many of them are known after all
   * @throws DomainError `quota-exceeded` with the seconds to wait, `too-many-records` for more than may ever be asked
   */
  ask(address: string, count: number): (known: number) => void {
    const demand = [{key: address, tokens: count}];
    const waitMs = this.#buckets.waitMs(demand, this.now());
    if (waitMs === undefined)
      throw new DomainError('too-many-records', {
        detail: 'It names more devices that are not known here than may be asked for at once.',
        meta: {unknownAtOnce: RATE.burst},
      });
    if (waitMs > 0)
      throw new DomainError('quota-exceeded', {
        detail: 'Too much that nobody knows is asked for from this address.',
        retryAfterSeconds: Math.ceil(waitMs / 1_000),
      });
    this.#buckets.take(demand, this.now());
    return (known) => {
      if (known > 0) this.#buckets.give([{key: address, tokens: known}], this.now());
    };
  }
}
