import type {Logger, TopicPosition} from '@vitalvault/process';
import {judgePosition} from './judge-position.js';
import type {KafkaPartition} from './judge-position.js';
import {PositionFault} from './position-fault.js';
import {laneOf} from './standing-lanes.js';
import type {Place, StandingLanes} from './standing-lanes.js';
import {TakenPartition} from './taken-partition.js';
import type {BatchJudgement} from './taken-partition.js';

/** How far each partition was taken, kept by the service in the same database as the effects. */
export interface OffsetStore {
  /** Undefined: no record of it was taken yet. */
  load(topic: string, partition: number): Promise<TopicPosition | undefined>;
  all(): Promise<readonly (Place & {readonly position: TopicPosition; readonly stands: string | undefined})[]>;
  /** Notes for a person why the partition stands; undefined: it goes on. */
  note(topic: string, partition: number, stands: string | undefined): Promise<void>;
}

export interface PartitionsPorts {
  /** Undefined: what is taken has its effect in memory only, and Kafka's own word decides where to go on. */
  readonly offsets: OffsetStore | undefined;
  readonly view: {partitions(topic: string): Promise<ReadonlyMap<number, KafkaPartition>>};
  readonly standing: StandingLanes;
  readonly logger: Logger;
  readonly pause: (place: Place) => void;
  readonly resumeAt: (place: Place, offset: bigint) => void;
  /** Something is tried: it does not hang. */
  readonly onAttempt: () => void;
}

interface Lane extends Place {
  taken: TakenPartition | undefined;
  /** Nothing stands against it any more, and that is noted. */
  sure: boolean;
  timer: NodeJS.Timeout | undefined;
  failures: number;
  /** How often in a row it was taken anew because a batch began elsewhere. */
  again: number;
}

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 5_000;

/**
 * The partitions that this process has. Each is paused until its position is read from the database and compared with
 * Kafka, and again after each doubt; one that Kafka does not continue stands (docs/adr/0043).
 */
export class Partitions {
  #lanes = new Map<string, Lane>();

  constructor(private readonly ports: PartitionsPorts) {}

  /** After a new assignment nothing is known: another process may have worked meanwhile. */
  assign(assigned: ReadonlyMap<string, readonly number[]>): void {
    this.close();
    const places = [...assigned].flatMap(([topic, all]) => all.map((partition) => ({topic, partition})));
    for (const place of places) {
      const lane: Lane = {...place, taken: undefined, sure: false, timer: undefined, failures: 0, again: 0};
      this.#lanes.set(laneOf(place), lane);
      if (this.ports.offsets === undefined) lane.taken = new TakenPartition(place.topic, place.partition);
      else this.#drop(lane);
      if (lane.taken === undefined) void this.#take(lane);
    }
  }

  /** Undefined: it is not known where to go on; what is read now is read again later. */
  at(place: Place): TakenPartition | undefined {
    return this.#lanes.get(laneOf(place))?.taken;
  }

  isCurrent(taken: TakenPartition): boolean {
    return this.at(taken) === taken;
  }

  /** After a batch that cannot be taken as it is. */
  refuse(taken: TakenPartition, {kind, reason}: Exclude<BatchJudgement, {kind: 'take'}>): void {
    const lane = this.#laneOf(taken);
    if (lane === undefined) return;
    if (kind === 'again' && lane.again++ === 0) this.takeAgain(taken, reason);
    else this.stand(taken, taken.next ?? 0n, new PositionFault(reason));
  }

  /** Reads the position anew and goes on from there. */
  takeAgain(taken: TakenPartition, reason: string): void {
    const lane = this.#laneOf(taken);
    if (lane === undefined) return;
    this.ports.logger.warn('position is read again', {at: laneOf(taken), offset: taken.next, reason});
    this.#drop(lane);
    void this.#take(lane);
  }

  stand(taken: TakenPartition, offset: bigint, cause: unknown): void {
    const lane = this.#laneOf(taken);
    if (lane !== undefined) this.#stand(lane, offset, cause);
  }

  /** Its position was found again, and what came of it is taken. */
  goOn(taken: TakenPartition): void {
    const lane = this.#laneOf(taken);
    if (lane === undefined || !taken.isSure) return;
    lane.again = 0;
    this.#goOn(lane, taken);
  }

  /** A database that came back older than what this process has stored in it: what is missing is taken again. */
  compareWith(before: ReadonlyMap<TakenPartition, bigint>, stored: ReadonlyMap<string, TopicPosition>): void {
    for (const [taken, next] of before)
      if ((stored.get(laneOf(taken))?.next ?? 0n) < next) this.takeAgain(taken, 'the database went back');
  }

  /** Where each partition is that goes on. */
  nexts(): ReadonlyMap<TakenPartition, bigint> {
    return new Map(
      [...this.#lanes.values()].flatMap(({taken}) => (taken?.next === undefined ? [] : [[taken, taken.next] as const])),
    );
  }

  close(): void {
    for (const lane of this.#lanes.values()) clearTimeout(lane.timer);
    this.#lanes.clear();
  }

  #laneOf(taken: TakenPartition): Lane | undefined {
    const lane = this.#lanes.get(laneOf(taken));
    return lane?.taken === taken ? lane : undefined;
  }

  #drop(lane: Lane): void {
    [lane.taken, lane.sure] = [undefined, false];
    this.ports.pause(lane);
  }

  #goOn(lane: Lane, taken: TakenPartition): void {
    this.ports.standing.goOn(lane, taken.next);
    if (!lane.sure) this.#note(lane, undefined);
    lane.sure = true;
  }

  async #take(lane: Lane): Promise<void> {
    this.ports.onAttempt();
    try {
      await this.#look(lane);
      lane.failures = 0;
    } catch (error) {
      if (this.#lanes.get(laneOf(lane)) !== lane) return;
      const delay = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(lane.failures++, 20));
      this.ports.logger.warn('partition not taken yet', {at: laneOf(lane), error});
      lane.timer = setTimeout(() => void this.#take(lane), delay).unref();
    }
  }

  async #look(lane: Lane): Promise<void> {
    const {topic, partition} = lane;
    const stored = await this.ports.offsets?.load(topic, partition);
    const found = (await this.ports.view.partitions(topic)).get(partition);
    if (this.#lanes.get(laneOf(lane)) !== lane) return;
    if (found === undefined) throw new Error('Kafka has no such partition');
    const judgement = judgePosition(stored, found);
    if (judgement.kind === 'stand') {
      this.#stand(lane, stored?.next ?? 0n, new PositionFault(judgement.reason));
      return;
    }
    const taken = new TakenPartition(topic, partition, {stored, found, judgement});
    lane.taken = taken;
    if (taken.isSure) this.#goOn(lane, taken);
    this.ports.resumeAt(lane, judgement.at);
  }

  #stand(lane: Lane, offset: bigint, cause: unknown): void {
    this.#drop(lane);
    this.ports.standing.stand(lane, {offset, cause}, () => {
      if (this.#lanes.get(laneOf(lane)) !== lane) return;
      if (this.ports.offsets !== undefined) {
        void this.#take(lane);
        return;
      }
      lane.taken = new TakenPartition(lane.topic, lane.partition);
      this.ports.resumeAt(lane, offset);
    });
    if (cause instanceof PositionFault) this.#note(lane, cause.message);
  }

  // Only what a person reads; the service goes by what it finds itself.
  #note({topic, partition}: Lane, stands: string | undefined): void {
    this.ports.offsets?.note(topic, partition, stands).catch((error: unknown) => {
      this.ports.logger.warn('standstill not noted', {error});
    });
  }
}
