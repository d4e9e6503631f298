import {ReleasePlaces, full} from './release-places.js';

/**
 * A page is held until the reader has it: its ciphertexts, the encoded answer, and what the socket has not sent yet.
 */
const BYTES = 64 * 1_048_576;
const UNDER_WAY = {all: 16, ofOne: 2};

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
  readonly #places = new ReleasePlaces(UNDER_WAY);
  #bytes = 0;

  /** Places that are taken. */
  get underWay(): number {
    return this.#places.taken;
  }

  /** @throws DomainError busy */
  enter(reader: string): TakenRoom {
    const giveBack = this.#places.take(reader);
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
        giveBack();
      },
    };
  }
}
