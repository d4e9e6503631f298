/** Where the bytes of a leaf lie on disk. */
export interface LeafPlace {
  /** First height of the changelog that holds it. */
  readonly segment: number;
  readonly offset: number;
  readonly length: number;
}

/** Places of a log's leaves in order: numbers only, so that a million leaves cost megabytes and not objects. */
export class LeafPlaces {
  private readonly numbers: number[] = [];

  get size(): number {
    return this.numbers.length / 3;
  }

  push({segment, offset, length}: LeafPlace): void {
    this.numbers.push(segment, offset, length);
  }

  at(index: number): LeafPlace {
    const [segment, offset, length] = this.numbers.slice(index * 3, index * 3 + 3);
    if (segment === undefined || offset === undefined || length === undefined) throw new RangeError(`no leaf ${index}`);
    return {segment, offset, length};
  }

  /** Raises `ends` to the last byte that a leaf of this log has in each changelog. */
  raise(ends: Map<number, number>): void {
    for (let index = 0; index < this.size; index++) {
      const {segment, offset, length} = this.at(index);
      if (offset + length > (ends.get(segment) ?? 0)) ends.set(segment, offset + length);
    }
  }
}
