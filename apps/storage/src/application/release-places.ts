import {DomainError} from '@vitalvault/errors';

/** A page of 16 MiB is gone by then, unless its reader is slow. */
const RETRY_SECONDS = 2;

/** Places that all readers share; so many of them may be one reader's. */
export class ReleasePlaces {
  readonly #of = new Map<string, number>();
  #taken = 0;

  constructor(private readonly limits: {all: number; ofOne: number}) {}

  get taken(): number {
    return this.#taken;
  }

  /** @returns gives it back, once. @throws DomainError busy */
  take(reader: string): () => void {
    const {all, ofOne} = this.limits;
    if (this.#taken >= all || (this.#of.get(reader) ?? 0) >= ofOne) throw full();
    this.#count(reader, 1);
    let isTaken = true;
    return () => {
      if (isTaken) this.#count(reader, -1);
      isTaken = false;
    };
  }

  #count(reader: string, by: 1 | -1): void {
    const hers = (this.#of.get(reader) ?? 0) + by;
    this.#taken += by;
    if (hers === 0) this.#of.delete(reader);
    else this.#of.set(reader, hers);
  }
}

export const full = (): DomainError => new DomainError('busy', {retryAfterSeconds: RETRY_SECONDS});
