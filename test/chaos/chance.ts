import {seededRandom} from '@vitalvault/testkit';

/** What is drawn from a seed: the same seed, the same schedule. */
export class Chance {
  readonly #bytes: (length: number) => Uint8Array;

  constructor(seed: string) {
    this.#bytes = seededRandom(`chaos ${seed}`);
  }

  /** A whole number from `least` to `most`, both among them. */
  between(least: number, most: number): number {
    return least + (Buffer.from(this.#bytes(4)).readUInt32BE() % (most - least + 1));
  }

  of<T>(values: readonly T[]): T {
    const value = values[this.between(0, values.length - 1)];
    if (value === undefined) throw new RangeError('nothing to draw from');
    return value;
  }

  /** So many of them, none twice. */
  some<T>(values: readonly T[], count: number): T[] {
    const left = [...values];
    return Array.from({length: Math.min(count, left.length)}, () =>
      left.splice(this.between(0, left.length - 1), 1),
    ).flat();
  }
}
