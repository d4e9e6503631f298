import {DomainError} from '@vitalvault/errors';

/**
 * A page is held until the reader has it: its ciphertexts, the encoded answer, and what the socket has not sent yet.
 */
const BYTES = 64 * 1_048_576;
const [UNDER_WAY, UNDER_WAY_OF_ONE] = [16, 2];
/** A page of 16 MiB is gone by then, unless its reader is slow. */
const RETRY_SECONDS = 2;

/** Room that one release has taken. */
export interface TakenRoom {
  /** For so many bytes of ciphertext. @throws DomainError busy when there is no room for them */
  hold(bytes: number): void;
  /** Gives all of it back. */
  leave(): void;
}

/**
 * What releases may hold of this process' memory at once, by number and by bytes, and how many of that are one
 * reader's. Who finds no room is told before anything is fetched.
 */
export class ReleaseRoom {
  readonly #of = new Map<string, number>();
  #underWay = 0;
  #bytes = 0;

  /** Places that are taken. */
  get underWay(): number {
    return this.#underWay;
  }

  /** @throws DomainError busy */
  enter(reader: string): TakenRoom {
    const hers = this.#of.get(reader) ?? 0;
    if (this.#underWay >= UNDER_WAY || hers >= UNDER_WAY_OF_ONE) throw full();
    this.#count(reader, 1);
    let [held, inside] = [0, true];
    return {
      hold: (bytes) => {
        if (!inside || this.#bytes + bytes > BYTES) throw full();
        this.#bytes += bytes;
        held += bytes;
      },
      leave: () => {
        if (!inside) return;
        this.#bytes -= held;
        inside = false;
        this.#count(reader, -1);
      },
    };
  }

  #count(reader: string, by: 1 | -1): void {
    const hers = (this.#of.get(reader) ?? 0) + by;
    this.#underWay += by;
    if (hers === 0) this.#of.delete(reader);
    else this.#of.set(reader, hers);
  }
}

const full = (): DomainError => new DomainError('busy', {retryAfterSeconds: RETRY_SECONDS});
