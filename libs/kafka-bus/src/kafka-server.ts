import {Server} from '@nestjs/microservices';
import type {CustomTransportStrategy, MessageHandler} from '@nestjs/microservices';
import {accessReason, contextOf, linksTo, withSpan} from '@vitalvault/process';
import type {Standstill} from '@vitalvault/process';
import type {Admin, Consumer, EachBatchPayload, Kafka, KafkaMessage} from 'kafkajs';
import {lastValueFrom} from 'rxjs';
import {setTimeout as sleep} from 'node:timers/promises';
import {connectKafka} from './kafka-connection.js';
import type {KafkaOptions} from './kafka-connection.js';
import {KAFKA_BUS} from './kafka-record.js';
import type {KafkaContext, KafkaRecord, OffsetStore} from './kafka-record.js';
import {CannotTake, PartitionReader} from './partition-reader.js';
import {Positions} from './positions.js';
import {ProgressWatch} from './progress-watch.js';
import type {RetryPolicy} from './retry.js';
import {StandingLanes, laneOf} from './standing-lanes.js';
import {toRecord} from './to-record.js';

export interface KafkaServerOptions extends KafkaOptions {
  readonly groupId: string;
  readonly offsets: OffsetStore;
  /** Told where a partition stands at a message that cannot be taken. */
  readonly standstill: Standstill;
  readonly retry?: RetryPolicy;
  /** Most records that a batch handler gets at once; default 250. */
  readonly maxBatch?: number;
  /** Messages wait and no handler was tried for this long: `onStalled`; default 30 s. */
  readonly stalledAfterMs?: number;
  /** Must end the process: nothing else revives a consumer that hangs. */
  readonly onStalled: () => void;
}

export interface Backlog {
  readonly unconsumed: number;
  /** Age of the oldest message that was not handled; an upper bound. */
  readonly oldestUnconsumedMs: number;
}

const SESSION_MS = 6_000;
const WATCH_MS = 2_000;
const CLOSE_MS = 5_000;
/** Several looks long, so that one lost answer is none. */
const SILENT_MS = 10_000;

/**
 * Kafka as a transport of @nestjs/microservices, over kafkajs. Handlers are awaited; their effect carries the offset
 * (port OffsetStore), so a message is handled at least once and takes effect once. At a message that cannot be handled
 * its partition stands, in the open, until a version that can is there; nothing is skipped (docs/adr/0025).
 */
export class KafkaServer extends Server implements CustomTransportStrategy {
  override readonly transportId = KAFKA_BUS;
  override readonly propagatesEventHandlerErrors = true;
  readonly #kafka: Kafka;
  readonly #positions: Positions;
  readonly #watch: ProgressWatch;
  readonly #standing: StandingLanes;
  #consumer: Consumer | undefined;
  #admin: Admin | undefined;
  #assigned = new Map<string, readonly number[]>();
  #joined = false;
  #closing = false;
  #attempts = 0;
  #inHand = new Map<string, number>();
  #backlog: Backlog = {unconsumed: 0, oldestUnconsumedMs: 0};
  #timer: NodeJS.Timeout | undefined;
  /** What the last failure said about reaching Kafka. */
  #fault: string | undefined;
  #answeredMs = 0;

  constructor(private readonly options: KafkaServerOptions) {
    super();
    this.#kafka = connectKafka(options);
    this.#positions = new Positions(options.offsets);
    this.#standing = new StandingLanes(options.standstill);
    this.#watch = new ProgressWatch(options.stalledAfterMs ?? 30_000);
  }

  /** Starts in the background: a service comes up without Kafka and says in /readyz that it waits for it. */
  listen(callback: (error?: unknown) => void): void {
    void this.#start();
    callback();
  }

  on(): void {
    throw new Error('KafkaServer has no events');
  }

  unwrap<T>(): T {
    return this.#consumer as T;
  }

  /** Why it does not consume; undefined: it does. */
  reason(): string | undefined {
    if (!this.#joined)
      return this.#fault === undefined ? 'not in the consumer group yet' : `not in the consumer group: ${this.#fault}`;
    return Date.now() - this.#answeredMs > SILENT_MS ? 'Kafka does not answer' : undefined;
  }

  /** As of the last look, two seconds ago at the most. */
  backlog(): Backlog {
    return this.#backlog;
  }

  async close(): Promise<void> {
    this.#closing = true;
    clearInterval(this.#timer);
    this.#standing.close();
    const stopped = (async (): Promise<void> => {
      await this.#consumer?.disconnect();
      await this.#admin?.disconnect();
    })().catch(() => undefined);
    await Promise.race([stopped, sleep(CLOSE_MS, undefined, {ref: false})]);
  }

  async #start(): Promise<void> {
    const topics = [...this.getHandlers().keys()];
    while (!this.#closing) {
      try {
        await this.#subscribe(topics);
        this.#timer = setInterval(() => void this.#look(), WATCH_MS);
        this.#timer.unref();
        return;
      } catch (error) {
        this.#fault = accessReason(error);
        this.options.logger.warn('waiting for Kafka', {error});
        await this.#consumer?.disconnect().catch(() => undefined);
        await sleep(1_000);
      }
    }
  }

  // kafkajs gives up on what it calls not retriable, among it a broker whose coordinator is not there yet: begin anew.
  async #startAgain(crashed: Consumer): Promise<void> {
    clearInterval(this.#timer);
    await crashed.disconnect().catch(() => undefined);
    await sleep(1_000, undefined, {ref: false});
    if (!this.#closing) await this.#start();
  }

  async #subscribe(topics: string[]): Promise<void> {
    const consumer = this.#kafka.consumer({
      groupId: this.options.groupId,
      sessionTimeout: SESSION_MS,
      heartbeatInterval: SESSION_MS / 4,
      rebalanceTimeout: SESSION_MS * 2,
      maxWaitTimeInMs: 250,
      allowAutoTopicCreation: false,
      retry: {
        retries: 8,
        initialRetryTime: 100,
        maxRetryTime: 1_000,
        restartOnFailure: () => Promise.resolve(!this.#closing),
      },
    });
    this.#consumer = consumer;
    consumer.on(consumer.events.GROUP_JOIN, ({payload}) => {
      [this.#joined, this.#fault, this.#answeredMs] = [true, undefined, Date.now()];
      this.#positions.reset();
      this.#assigned = new Map(Object.entries(payload.memberAssignment));
      this.#standing.keepOnly(this.#assigned);
      this.options.logger.info('joined the consumer group', {
        group: this.options.groupId,
        count: [...this.#assigned.values()].flat().length,
      });
      void this.#seekAll(consumer);
    });
    consumer.on(consumer.events.CRASH, ({payload}) => {
      [this.#joined, this.#fault] = [false, accessReason(payload.error)];
      this.options.logger.warn('consumer crashed', {
        error: payload.error,
        state: payload.restart ? 'restarting' : 'stopped',
      });
      if (!payload.restart) void this.#startAgain(consumer);
    });
    await consumer.connect();
    await consumer.subscribe({topics, fromBeginning: true});
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 2,
      eachBatch: (payload) => this.#handleBatch(payload),
    });
  }

  // Also for partitions where nothing new comes: Kafka's committed offset may be ahead of a database that was restored.
  async #seekAll(consumer: Consumer): Promise<void> {
    for (const [topic, partitions] of this.#assigned) {
      for (const partition of partitions) {
        const next = await this.#positions.load(topic, partition).catch(() => undefined);
        if (next !== undefined && !this.#closing) consumer.seek({topic, partition, offset: next.toString()});
      }
    }
  }

  async #handleBatch(payload: EachBatchPayload): Promise<void> {
    const {topic, partition} = payload.batch;
    const first = payload.batch.messages[0];
    if (first === undefined) return;
    const target = await this.#positions.seekTarget(topic, partition, BigInt(first.offset));
    if (target !== undefined) {
      this.#consumer?.seek({topic, partition, offset: target.toString()});
      return;
    }
    const done = this.#positions.next(topic, partition) ?? 0n;
    const fresh = payload.batch.messages.filter((message) => BigInt(message.offset) >= done);
    try {
      await this.#handleFresh(payload, fresh);
    } catch (error) {
      if (!(error instanceof CannotTake)) throw error;
      this.#stand(payload, error);
      return;
    }
    this.#standing.goOn(topic, partition);
    const last = payload.batch.lastOffset();
    payload.resolveOffset(last);
    // For people and tools only; our position is in the database.
    const committed = [{topic, partition, offset: (BigInt(last) + 1n).toString()}];
    await this.#consumer?.commitOffsets(committed).catch(() => undefined);
    await payload.heartbeat();
  }

  // The partition is paused, so that the others go on and nothing is fetched over and over.
  #stand(payload: EachBatchPayload, stop: CannotTake): void {
    const {topic, partition, offset} = stop.record;
    this.#positions.advance(topic, partition, offset);
    this.#consumer?.seek({topic, partition, offset: offset.toString()});
    this.#standing.stand(stop, payload.pause());
  }

  async #handleFresh(payload: EachBatchPayload, messages: readonly KafkaMessage[]): Promise<void> {
    const {topic, partition} = payload.batch;
    const handler = this.getHandlerByPattern(topic);
    if (handler === null) return;
    const extras: unknown = handler.extras?.['batch'];
    const reader = this.#readerOf(payload, handler, extras === true);
    const chunk = extras === true ? (this.options.maxBatch ?? 250) : 1;
    for (let from = 0; from < messages.length; from += chunk) {
      if (payload.isStale() || !payload.isRunning()) throw new Error('the partition was taken away');
      const records = messages.slice(from, from + chunk).map((message) => toRecord(topic, partition, message));
      this.#inHand.set(laneOf(topic, partition), records[0]?.timestampMs ?? Date.now());
      try {
        await reader.handle(records);
      } finally {
        this.#inHand.delete(laneOf(topic, partition));
      }
      const last = records.at(-1);
      if (last !== undefined) this.#positions.advance(topic, partition, last.offset + 1n);
      await payload.heartbeat();
    }
  }

  #readerOf(payload: EachBatchPayload, handler: MessageHandler, batch: boolean): PartitionReader {
    return new PartitionReader(
      {
        onAttempt: () => {
          this.#attempts++;
        },
        onFailure: ({error, record, attempt, next}) => {
          this.options.logger.warn('handler failed', {
            topic: record.topic,
            partition: record.partition,
            offset: record.offset,
            attempt,
            state: next === 'stop' ? 'stopping' : 'retrying',
            error,
          });
        },
        pause: (milliseconds) => this.#pause(payload, milliseconds),
        dispatch: (records, context) => this.#dispatch({handler, batch}, records, context),
      },
      {
        maxBatch: batch ? (this.options.maxBatch ?? 250) : 1,
        ...(this.options.retry === undefined ? {} : {retry: this.options.retry}),
      },
    );
  }

  async #dispatch(
    to: {handler: MessageHandler; batch: boolean},
    records: readonly KafkaRecord[],
    context: KafkaContext,
  ): Promise<void> {
    const [first] = records;
    const links = records.length > 1 ? linksTo(records.map((record) => record.traceparent)) : [];
    await withSpan(
      `process ${context.topic}`,
      {
        kind: 'consumer',
        parent: contextOf(first?.traceparent),
        links,
        attributes: {
          'messaging.system': 'kafka',
          'messaging.destination.name': context.topic,
          'messaging.operation.type': 'process',
          'messaging.batch.message_count': records.length,
        },
      },
      async () => {
        // The base class's handleEvent neither awaits the handler nor reports its failure.
        const result: unknown = await to.handler(to.batch ? records : first?.value, context);
        await lastValueFrom(this.transformToObservable(result), {defaultValue: undefined});
      },
    );
  }

  async #pause(payload: EachBatchPayload, milliseconds: number): Promise<void> {
    const until = Date.now() + milliseconds;
    do {
      if (payload.isStale() || !payload.isRunning()) throw new Error('the partition was taken away');
      await sleep(Math.min(1_000, Math.max(0, until - Date.now())));
      await payload.heartbeat();
    } while (Date.now() < until);
  }

  async #look(): Promise<void> {
    const lag = await this.#lag().catch(() => this.#forgetAdmin());
    if (lag !== undefined) this.#answeredMs = Date.now();
    if (lag !== undefined)
      this.#backlog = {
        unconsumed: lag,
        oldestUnconsumedMs:
          lag === 0
            ? 0
            : Math.max(0, ...[...this.#inHand.values(), ...this.#standing.since].map((since) => Date.now() - since)),
      };
    if (this.#watch.observe({lag, attempts: this.#attempts}, Date.now()) && !this.#closing) {
      this.options.logger.error('messages wait and no handler runs', {group: this.options.groupId, lag: lag ?? 0});
      this.options.onStalled();
    }
  }

  async #forgetAdmin(): Promise<undefined> {
    const admin = this.#admin;
    this.#admin = undefined;
    await admin?.disconnect().catch(() => undefined);
    return undefined;
  }

  // Where the group stands in Kafka: for partitions of which no store knows and nothing came since the start.
  async #committed(admin: Admin, topic: string): Promise<ReadonlyMap<number, bigint>> {
    const [offsets] = await admin.fetchOffsets({groupId: this.options.groupId, topics: [topic]});
    return new Map(
      offsets?.partitions
        .map(({partition, offset}) => [partition, BigInt(offset)] as const)
        .filter(([, offset]) => offset >= 0n),
    );
  }

  async #lag(): Promise<number> {
    if (this.#admin === undefined) {
      const admin = this.#kafka.admin();
      await admin.connect();
      this.#admin = admin;
    }
    let lag = 0n;
    for (const [topic, partitions] of this.#assigned) {
      const committed = await this.#committed(this.#admin, topic);
      for (const {partition, high, low} of await this.#admin.fetchTopicOffsets(topic)) {
        if (partitions.includes(partition))
          lag +=
            BigInt(high) - maxOf(this.#positions.next(topic, partition) ?? committed.get(partition) ?? 0n, BigInt(low));
      }
    }
    return Number(lag > 0n ? lag : 0n);
  }
}

const maxOf = (a: bigint, b: bigint): bigint => (a > b ? a : b);
