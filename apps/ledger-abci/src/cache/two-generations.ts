/**
 * A bounded map that forgets what was not asked for lately: when the young generation is full it becomes the old one
 * and the old one is dropped. Costs two look-ups and no list of uses.
 */
export class TwoGenerations<V> {
  private young = new Map<string, V>();
  private old = new Map<string, V>();
  private weight = 0;

  /** @param capacity weight of a generation; at most twice as much is held. */
  constructor(private readonly capacity: number) {}

  get(key: string): V | undefined {
    const value = this.young.get(key);
    if (value !== undefined) return value;
    return this.old.get(key);
  }

  set(key: string, value: V, weight = 1): void {
    if (this.young.has(key) || weight > this.capacity) return;
    if (this.weight + weight > this.capacity) {
      this.old = this.young;
      this.young = new Map();
      this.weight = 0;
    }
    this.young.set(key, value);
    this.weight += weight;
  }

  get size(): number {
    return this.young.size + this.old.size;
  }
}
