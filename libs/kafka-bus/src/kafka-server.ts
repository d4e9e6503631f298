import {Server} from '@nestjs/microservices';
import type {CustomTransportStrategy} from '@nestjs/microservices';
import {DomainError} from '@vitalvault/errors';
import {observe, recently} from '@vitalvault/process';
import type {LettersWaiting, Standstill} from '@vitalvault/process';
import {setTimeout as sleep} from 'node:timers/promises';
import {BacklogLook} from './backlog-look.js';
import type {Backlog} from './backlog-look.js';
import {BatchWork} from './batch-work.js';
import type {RecordHandler} from './dispatch-records.js';
import {GroupMember} from './group-member.js';
import {connectKafka} from './kafka-connection.js';
import type {KafkaOptions} from './kafka-connection.js';
import {KAFKA_BUS} from './kafka-record.js';
import type {KafkaRecord} from './kafka-record.js';
import {KafkaView} from './kafka-view.js';
import {Partitions} from './partitions.js';
import type {OffsetStore} from './partitions.js';
import {ProgressWatch} from './progress-watch.js';
import type {RetryPolicy} from './retry.js';
import {SettingAside} from './setting-aside.js';
import type {DeadLetters} from './setting-aside.js';
import {StandingLanes} from './standing-lanes.js';

export interface KafkaServerOptions extends KafkaOptions {
  readonly groupId: string;
  /** Without one, effects are in memory only, and Kafka's own word decides where a partition goes on. */
  readonly offsets?: OffsetStore;
  /** Where messages are kept that no version takes; without it a partition stands at them too. */
  readonly deadLetters?: DeadLetters;
  /** Id of the record that a message is about, hexadecimal, where one can be read. */
  readonly recordIdOf?: (record: KafkaRecord) => string | undefined;
  /**
   * For effects in memory alone: begins at the end, also when it joins again, and commits nothing, so that Kafka
   * forgets its group. Called when it joins and when it has begun to read: what came before may have been missed. Not
   * with `offsets`.
   */
  readonly fromEnd?: () => void;
  /** Told where a partition stands: at a message that cannot be taken, or where Kafka does not continue it. */
  readonly standstill: Standstill;
  readonly retry?: RetryPolicy;
  /** Most records that a batch handler gets at once; default 250. */
  readonly maxBatch?: number;
  /** Messages wait and no handler was tried for this long: `onStalled`; default 30 s. */
  readonly stalledAfterMs?: number;
  /** Must end the process: nothing else revives a consumer that hangs. */
  readonly onStalled: () => void;
}

const MAX_BATCH = 250;
const STALLED_MS = 30_000;
const WATCH_MS = 2_000;
const CLOSE_MS = 5_000;
const COPIES_EVERY_MS = 30_000;
/** Several looks long, so that one lost answer is none. */
const SILENT_MS = 10_000;

/**
 * Kafka as a transport of @nestjs/microservices, over kafkajs. Handlers are awaited; their effect carries the position
 * that it continues, so a message is handled at least once and takes effect once. What no version takes is set aside
 * with the step over it (docs/adr/0045). At any other message that cannot be handled, and where Kafka does not continue
 * the position, the partition stands, in the open; nothing is skipped (docs/adr/0025, docs/adr/0043).
 */
export class KafkaServer extends Server implements CustomTransportStrategy {
  override readonly transportId = KAFKA_BUS;
  override readonly propagatesEventHandlerErrors = true;
  readonly #view: KafkaView;
  readonly #standing: StandingLanes;
  readonly #partitions: Partitions;
  readonly #member: GroupMember;
  readonly #look: BacklogLook;
  readonly #watch: ProgressWatch;
  #attempts = 0;
  #answeredMs = 0;
  #letters: LettersWaiting | undefined;
  #closing = false;

  constructor(private readonly options: KafkaServerOptions) {
    super();
    const {groupId, logger, maxBatch = MAX_BATCH, offsets, retry, stalledAfterMs = STALLED_MS} = options;
    const kafka = connectKafka(options);
    const onAttempt = (): void => {
      this.#attempts++;
    };
    this.#view = new KafkaView(kafka);
    this.#standing = new StandingLanes(options.standstill);
    this.#partitions = new Partitions({
      offsets,
      logger,
      onAttempt,
      view: this.#view,
      standing: this.#standing,
      pause: (place) => this.#member.pause(place),
      resumeAt: (place, offset) => this.#member.resumeAt(place, offset),
    });
    const handlerOf = (topic: string): RecordHandler | undefined => this.#handlerOf(topic);
    const settingAside = this.#settingAside();
    const work = new BatchWork({logger, handlerOf, maxBatch, retry, onAttempt, settingAside}, this.#partitions);
    this.#member = new GroupMember({
      kafka,
      groupId,
      logger,
      fromEnd: options.fromEnd,
      onAssigned: (assigned) => {
        this.#answeredMs = Date.now();
        this.#standing.keepOnly(assigned);
        this.#partitions.assign(assigned);
      },
      onBatch: (payload) => work.handle(payload),
    });
    const [partitions, view, topics] = [this.#partitions, this.#view, () => this.#topics()];
    this.#look = new BacklogLook({groupId, offsets, partitions, topics, view, fromEnd: options.fromEnd !== undefined});
    this.#watch = new ProgressWatch(stalledAfterMs);
    this.#measure();
  }

  /** Starts in the background: a service comes up without Kafka and says in /readyz that it waits for it. */
  listen(callback: (error?: unknown) => void): void {
    void this.#member.start(this.#topics());
    void this.#watchOver();
    callback();
  }

  on(): void {
    throw new Error('KafkaServer has no events');
  }

  unwrap<T>(): T {
    return this.#member.consumer as T;
  }

  /** Why it does not consume; undefined: it does. */
  reason(): string | undefined {
    const reason = this.#member.reason();
    if (reason !== undefined) return reason;
    return Date.now() - this.#answeredMs > SILENT_MS ? 'Kafka does not answer' : undefined;
  }

  /** @throws DomainError bus-unavailable before it was seen once */
  backlog(): Backlog {
    const backlog = this.#look.backlog();
    if (backlog === undefined) throw new DomainError('bus-unavailable', {detail: 'The backlog is not known yet.'});
    return backlog;
  }

  /** What is set aside and waits for a person, in words for /readyz; undefined: nothing, or it is not known yet. */
  setAside(): string | undefined {
    if (this.#letters === undefined || this.#letters.count === 0) return undefined;
    const {count, oldestMs = 0} = this.#letters;
    const since = new Date(oldestMs).toISOString();
    return `${String(count)} unresolved, the oldest since ${since}: see docs/operations/dead-letters.md`;
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#standing.close();
    const stopped = (async (): Promise<void> => {
      await this.#member.close();
      this.#partitions.close();
      await this.#view.close();
    })().catch(() => undefined);
    await Promise.race([stopped, sleep(CLOSE_MS, undefined, {ref: false})]);
  }

  #settingAside(): SettingAside | undefined {
    const {deadLetters: letters, logger, recordIdOf} = this.options;
    if (letters === undefined) return undefined;
    observe('vitalvault.dead_letters', () => this.#letters?.count);
    observe('vitalvault.dead_letters.age', () => this.#letters && secondsSince(this.#letters.oldestMs));
    return new SettingAside({letters, recordIdOf, logger});
  }

  #measure(): void {
    const underReplicated = recently(COPIES_EVERY_MS, () => this.#view.underReplicated(this.#topics()));
    // What is closed opens no connection anew.
    observe('vitalvault.kafka.under_replicated', () => (this.#closing ? undefined : underReplicated()));
    observe('vitalvault.kafka.consumer.lag', () => this.#look.backlog()?.unconsumed);
    observe('vitalvault.kafka.consumer.lag_age', () => {
      const backlog = this.#look.backlog();
      // That it is not known is told by readiness; here what nobody waits for has no age.
      return backlog && (backlog.unconsumed === 0 ? 0 : backlog.oldestUnconsumedMs / 1_000);
    });
  }

  #topics(): string[] {
    return [...this.getHandlers().keys()];
  }

  #handlerOf(topic: string): RecordHandler | undefined {
    const handle = this.getHandlerByPattern(topic);
    return handle === null ? undefined : {handle, batch: handle.extras?.['batch'] === true};
  }

  async #watchOver(): Promise<void> {
    while (!this.#closing) {
      await this.#watchOnce();
      await sleep(WATCH_MS, undefined, {ref: false});
    }
  }

  async #watchOnce(): Promise<void> {
    const lag = await this.#look.look().catch(() => undefined);
    this.#letters = (await this.options.deadLetters?.waiting().catch(() => undefined)) ?? this.#letters;
    if (lag !== undefined) this.#answeredMs = Date.now();
    if (!this.#watch.observe({lag, attempts: this.#attempts}, Date.now()) || this.#closing) return;
    this.options.logger.error('messages wait and no handler runs', {group: this.options.groupId, lag: lag ?? 0});
    this.options.onStalled();
  }
}

/** @param sinceMs by the clock of the database; undefined: nothing waits */
const secondsSince = (sinceMs: number | undefined): number =>
  sinceMs === undefined ? 0 : Math.max(0, Date.now() - sinceMs) / 1_000;
