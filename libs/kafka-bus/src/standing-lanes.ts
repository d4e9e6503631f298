import type {Standstill} from '@vitalvault/process';
import type {CannotTake} from './partition-reader.js';

interface Lane {
  readonly times: number;
  /** Sender's clock of the message at which it stands; Unix milliseconds. */
  readonly sinceMs: number;
  readonly timer: NodeJS.Timeout;
}

const FIRST_MS = 1_000;
/** Shorter than the time after which a consumer that tries nothing counts as one that hangs. */
const LONGEST_MS = 15_000;

/** Name of a partition among the lanes of a consumer. */
export const laneOf = (topic: string, partition: number): string => `${topic}/${String(partition)}`;

/**
 * Partitions of a consumer that stand at a message which cannot be taken. Each is tried again now and then, the others
 * go on meanwhile.
 */
export class StandingLanes {
  readonly #lanes = new Map<string, Lane>();

  constructor(private readonly standstill: Standstill) {}

  /** When the messages were sent at which partitions stand. */
  get since(): readonly number[] {
    return [...this.#lanes.values()].map(({sinceMs}) => sinceMs);
  }

  /** @param again has the partition read from that message on */
  stand({record, cause}: CannotTake, again: () => void): void {
    const lane = laneOf(record.topic, record.partition);
    const times = (this.#lanes.get(lane)?.times ?? 0) + 1;
    this.#end(lane);
    this.standstill.stopped(`${lane}/${String(record.offset)}`, cause, lane);
    const timer = setTimeout(again, Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(times - 1, 20)));
    timer.unref();
    this.#lanes.set(lane, {times, sinceMs: record.timestampMs, timer});
  }

  goOn(topic: string, partition: number): void {
    const lane = laneOf(topic, partition);
    if (!this.#lanes.has(lane)) return;
    this.#end(lane);
    this.standstill.goesOn(lane);
  }

  /** Partitions that another process has now are its to tell of. */
  keepOnly(assigned: ReadonlyMap<string, readonly number[]>): void {
    const ours = new Set([...assigned].flatMap(([topic, all]) => all.map((partition) => laneOf(topic, partition))));
    for (const lane of this.#lanes.keys()) {
      if (ours.has(lane)) continue;
      this.#end(lane);
      this.standstill.goesOn(lane);
    }
  }

  close(): void {
    for (const lane of this.#lanes.keys()) this.#end(lane);
  }

  #end(lane: string): void {
    clearTimeout(this.#lanes.get(lane)?.timer);
    this.#lanes.delete(lane);
  }
}
