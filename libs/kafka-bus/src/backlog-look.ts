import type {TopicPosition} from '@vitalvault/process';
import {firstUnread, unread} from './judge-position.js';
import type {KafkaPartition} from './judge-position.js';
import type {KafkaView} from './kafka-view.js';
import {oldestAge} from './oldest-age.js';
import type {OffsetStore, Partitions} from './partitions.js';
import {laneOf} from './standing-lanes.js';

export interface Backlog {
  readonly unconsumed: number;
  /** Age of the oldest message that was not handled, whoever is to handle it; an upper bound, milliseconds. */
  readonly oldestUnconsumedMs: number;
}

/** What a look found. */
interface Seen {
  readonly atMs: number;
  readonly unconsumed: number;
  readonly oldestMs: number;
}

interface BacklogLookOptions {
  readonly topics: () => readonly string[];
  readonly groupId: string;
  readonly offsets: OffsetStore | undefined;
  readonly view: KafkaView;
  readonly partitions: Partitions;
  /** It has no position anywhere: before its first message nothing waits for it. */
  readonly fromEnd: boolean;
}

/** By lane. */
type Nexts = ReadonlyMap<string, bigint | undefined>;

/**
 * Looks how much of its topics a group has not taken, all partitions of all its processes, as Kafka and the database
 * have it; and whether the database went back behind what this process has stored.
 */
export class BacklogLook {
  #seen: Seen | undefined;

  constructor(private readonly options: BacklogLookOptions) {}

  /** Unix milliseconds of the last look that had all its answers; undefined: there was none. */
  get seenAtMs(): number | undefined {
    return this.#seen?.atMs;
  }

  /** As of the last look, and older by the time since; undefined before the first. */
  backlog(): Backlog | undefined {
    if (this.#seen === undefined) return undefined;
    const {atMs, unconsumed, oldestMs} = this.#seen;
    return {unconsumed, oldestUnconsumedMs: oldestMs + Math.max(0, Date.now() - atMs)};
  }

  /** @returns how many messages wait for this process itself. @throws when Kafka or the database does not answer */
  async look(): Promise<number> {
    const {partitions, topics} = this.options;
    // Before the database is asked: meanwhile it goes on.
    const ours = partitions.nexts();
    const nexts = await this.#nexts(ours);
    const [atMs, waiting] = [Date.now(), new Map<string, ReadonlyMap<number, bigint>>()];
    let [unconsumed, own] = [0n, 0n];
    for (const topic of topics()) {
      const found = await this.#found(topic);
      waiting.set(topic, waitingOf(topic, found, nexts));
      for (const [partition, its] of found) {
        unconsumed += unread(nexts.get(laneOf({topic, partition})), its);
        const taken = partitions.at({topic, partition});
        const next = taken?.next ?? nexts.get(laneOf({topic, partition}));
        if (taken !== undefined) own += unread(next, its);
      }
    }
    const oldestMs = unconsumed === 0n ? 0 : await this.#oldest(atMs, waiting);
    this.#seen = {atMs, unconsumed: Number(unconsumed), oldestMs};
    return Number(own);
  }

  async #nexts(ours: ReturnType<Partitions['nexts']>): Promise<Nexts> {
    const {fromEnd, groupId, offsets, partitions, topics, view} = this.options;
    if (fromEnd) return new Map([...ours].map(([taken, next]) => [laneOf(taken), next]));
    if (offsets !== undefined) {
      const stored = await offsets.all();
      partitions.compareWith(ours, new Map<string, TopicPosition>(stored.map((one) => [laneOf(one), one.position])));
      // Of what stands against its position all waits: it belongs to another topic.
      return new Map(stored.map((one) => [laneOf(one), one.stands === undefined ? one.position.next : undefined]));
    }
    const nexts = new Map<string, bigint>();
    for (const topic of topics())
      for (const [partition, next] of await view.committed(groupId, topic)) nexts.set(laneOf({topic, partition}), next);
    return nexts;
  }

  async #found(topic: string): Promise<ReadonlyMap<number, KafkaPartition>> {
    const {fromEnd, partitions, view} = this.options;
    const found = await view.partitions(topic);
    if (!fromEnd) return found;
    const isBegun = (partition: number): boolean => partitions.at({topic, partition})?.next !== undefined;
    return new Map(
      [...found].map(([partition, its]) => [partition, isBegun(partition) ? its : {...its, low: its.high}]),
    );
  }

  #oldest(atMs: number, waiting: ReadonlyMap<string, ReadonlyMap<number, bigint>>): Promise<number> {
    return oldestAge(async (ageMs) => {
      for (const [topic, firsts] of waiting) {
        if (firsts.size === 0) continue;
        const since = await this.options.view.firstSince(topic, Math.floor(atMs - ageMs));
        for (const [partition, first] of firsts) if ((since.get(partition) ?? first) > first) return true;
      }
      return false;
    });
  }
}

/** First message that waits, by partition. */
function waitingOf(
  topic: string,
  found: ReadonlyMap<number, KafkaPartition>,
  nexts: Nexts,
): ReadonlyMap<number, bigint> {
  const firsts = [...found].map(([partition, its]) => {
    return [partition, firstUnread(nexts.get(laneOf({topic, partition})), its), its.high] as const;
  });
  return new Map(firsts.filter(([, first, high]) => first < high).map(([partition, first]) => [partition, first]));
}
