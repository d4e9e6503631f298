/** Codes below need no state (docs/protocol.md §4): about them, no two honest nodes differ. */
const FIRST_OF_STATE = 20;
/** An honest node may be a block behind or ahead of the one that takes the same bytes; so often in a row is none. */
const MOST_IN_A_ROW = 3;

/** Who refuses transactions that others take, and how often since it took one itself. */
export class RefusedAlone {
  readonly #times = new Map<string, number>();

  /** `url` took a transaction. */
  took(url: string): void {
    this.#times.delete(url);
  }

  /** Another node took what `url` refuses with `code`. @returns whether that is a lie */
  isLie(url: string, code: number): boolean {
    const times = (this.#times.get(url) ?? 0) + 1;
    const lie = code < FIRST_OF_STATE || times >= MOST_IN_A_ROW;
    if (lie) this.#times.delete(url);
    else this.#times.set(url, times);
    return lie;
  }
}
