import {DomainError} from '@vitalvault/errors';
import {TokenBuckets} from '@vitalvault/process';

/** Of one address: a hospital's whole ward may come anew at once. */
const RATE = {burst: 256, refillPerSecond: 16};
/** Signatures of one signer that did not hold, from one address: a broken device there stops itself and nobody else. */
const WRONG_OF_SIGNER = {burst: 64, refillPerSecond: 2};
/** Of all signers, from one address: below a tenth of a processor, where one takes a millisecond. */
const WRONG = {burst: 1_024, refillPerSecond: 64};

/**
 * What an address may have us do for nobody. Questions for keys or devices that nobody knows yet are taken before and
 * given back for those that turn out to be somebody's; a signature is paid when it did not hold, and when too many did
 * not, none is verified. Only strangers pay.
 */
export class Strangers {
  readonly #buckets = new TokenBuckets(RATE);
  readonly #wrongOfSigner = new TokenBuckets(WRONG_OF_SIGNER);
  readonly #wrong = new TokenBuckets(WRONG);

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

  /** Asked right before one is verified. @returns why that may not be now, with the seconds to wait */
  signature(address: string, signer: string): DomainError | undefined {
    const {own, all} = demandsOf(address, signer);
    const nowMs = this.now();
    const waitMs = Math.max(this.#wrongOfSigner.waitMs(own, nowMs) ?? 0, this.#wrong.waitMs(all, nowMs) ?? 0);
    if (waitMs === 0) return undefined;
    return new DomainError('quota-exceeded', {
      detail: 'Too many signatures from this address did not hold: this one was not looked at.',
      retryAfterSeconds: Math.ceil(waitMs / 1_000),
    });
  }

  /** One was verified, and did not hold. */
  wrong(address: string, signer: string): void {
    const {own, all} = demandsOf(address, signer);
    const nowMs = this.now();
    this.#wrongOfSigner.take(own, nowMs);
    this.#wrong.take(all, nowMs);
  }
}

const demandsOf = (address: string, signer: string) => ({
  own: [{key: `${address} ${signer}`, tokens: 1}],
  all: [{key: address, tokens: 1}],
});
