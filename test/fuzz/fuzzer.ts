/** A whole number from 0 to `below` - 1. */
export type Next = (below: number) => number;

/** Numbers that a seed gives, by a generator that is written down (mulberry32). */
export function numbersFrom(seed: number): Next {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

export const bytesOf = (next: Next, length: number): Uint8Array => Uint8Array.from({length}, () => next(256));
export const pick = <T>(next: Next, list: readonly T[]): T => list[next(list.length)] as T;

/** One kind of random inputs, and what must hold of every one of them. */
export interface Fuzzer {
  readonly name: string;
  /** What a failure would be, in the words of the table. */
  readonly never: string;
  /** Inputs that follow from one seed in the soak. */
  readonly batch: number;
  /** Inputs in `make test`. */
  readonly quick: number;
  /** What must come up among them: a fuzzer that never gets past the decoder finds nothing. */
  readonly reaches: readonly string[];
  open(next: Next): Play | Promise<Play>;
}

export interface Play {
  /** Makes the next input and looks at it. @returns what became of it @throws when what must hold does not */
  input(): string | Promise<string>;
  close?(): void | Promise<void>;
}
