import type {OffsetStore} from './kafka-record.js';

interface Position {
  next: bigint | undefined;
  /** The consumer was told to read from `next`; what comes now is what Kafka has. */
  sought: boolean;
}

/**
 * Next offset per partition as our own database has it. Kafka's committed offsets are for people to look at: where the
 * two differ, the database wins.
 */
export class Positions {
  readonly #known = new Map<string, Position>();

  constructor(private readonly offsets: OffsetStore) {}

  /** After a new assignment nothing is known: another process may have worked meanwhile. */
  reset(): void {
    this.#known.clear();
  }

  async load(topic: string, partition: number): Promise<bigint | undefined> {
    const key = keyOf(topic, partition);
    let position = this.#known.get(key);
    if (position === undefined) {
      position = {next: await this.offsets.load(topic, partition), sought: false};
      this.#known.set(key, position);
    }
    return position.next;
  }

  /**
   * Where the consumer must go before a batch that begins at `first` may be handled; undefined: the batch is right. A
   * batch that begins later although we asked for it means that Kafka does not have the records between any more.
   */
  async seekTarget(topic: string, partition: number, first: bigint): Promise<bigint | undefined> {
    const next = await this.load(topic, partition);
    const position = this.#known.get(keyOf(topic, partition));
    if (position === undefined || next === undefined || first <= next || position.sought) return undefined;
    position.sought = true;
    return next;
  }

  advance(topic: string, partition: number, next: bigint): void {
    const known = this.#known.get(keyOf(topic, partition))?.next;
    if (known === undefined || next > known) this.#known.set(keyOf(topic, partition), {next, sought: true});
  }

  next(topic: string, partition: number): bigint | undefined {
    return this.#known.get(keyOf(topic, partition))?.next;
  }
}

const keyOf = (topic: string, partition: number): string => `${topic}/${String(partition)}`;
