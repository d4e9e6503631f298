import {seededRandom} from '@vitalvault/testkit';

/** Choices that are the same in every run with the same seed. */
export class Chance {
  readonly #bytes: (length: number) => Uint8Array;

  constructor(seed: string) {
    this.#bytes = seededRandom(seed);
  }

  /** 0 to `below` - 1. */
  int(below: number): number {
    return Buffer.from(this.#bytes(6)).readUIntBE(0, 6) % below;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.int(list.length)] as T;
  }

  /** True once in `n`. */
  once(n: number): boolean {
    return this.int(n) === 0;
  }
}
