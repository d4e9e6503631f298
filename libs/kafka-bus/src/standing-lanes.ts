import type {Standstill} from '@vitalvault/process';
import {PositionFault} from './position-fault.js';

interface Lane {
  readonly times: number;
  readonly offset: bigint;
  /** Kafka does not continue the position; otherwise the message at `offset` cannot be taken. */
  readonly ofPosition: boolean;
  readonly timer: NodeJS.Timeout;
}

export interface Place {
  readonly topic: string;
  readonly partition: number;
}

const FIRST_MS = 1_000;
/** Shorter than the time after which a consumer that tries nothing counts as one that hangs. */
const LONGEST_MS = 15_000;

/** Name of a partition among the lanes of a consumer. */
export const laneOf = ({topic, partition}: Place): string => `${topic}/${String(partition)}`;

/**
 * Partitions of a consumer that stand: at a message which cannot be taken, or because Kafka does not continue their
 * position. Each is tried again now and then, the others go on meanwhile.
 */
export class StandingLanes {
  readonly #lanes = new Map<string, Lane>();

  constructor(private readonly standstill: Standstill) {}

  /** @param again has the partition taken anew from there */
  stand(place: Place, at: {offset: bigint; cause: unknown}, again: () => void): void {
    const lane = laneOf(place);
    const times = (this.#lanes.get(lane)?.times ?? 0) + 1;
    this.#end(lane);
    this.standstill.stopped(`${lane}/${String(at.offset)}`, at.cause, lane);
    const timer = setTimeout(again, Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(times - 1, 20)));
    timer.unref();
    this.#lanes.set(lane, {times, offset: at.offset, ofPosition: at.cause instanceof PositionFault, timer});
  }

  /** The position was found again in Kafka, and all before `next` is taken. */
  goOn(place: Place, next: bigint | undefined): void {
    const lane = laneOf(place);
    const stood = this.#lanes.get(lane);
    if (stood === undefined || (!stood.ofPosition && (next === undefined || next <= stood.offset))) return;
    this.#end(lane);
    this.standstill.goesOn(lane);
  }

  /** Partitions that another process has now are its to tell of. */
  keepOnly(assigned: ReadonlyMap<string, readonly number[]>): void {
    const ours = new Set([...assigned].flatMap(([topic, all]) => all.map((partition) => laneOf({topic, partition}))));
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
