import {accessReason} from '@vitalvault/process';
import type {Logger} from '@vitalvault/process';
import type {Consumer, EachBatchPayload, Kafka} from 'kafkajs';
import {setTimeout as sleep} from 'node:timers/promises';
import type {Place} from './standing-lanes.js';
import {unreadableBatch} from './unreadable-batch.js';

export interface GroupMemberOptions {
  readonly kafka: Kafka;
  readonly groupId: string;
  readonly logger: Logger;
  /**
   * Begins at the end whenever it joins, and commits nothing. Where the end is it asks with its first fetch from each
   * broker, some time after it joined: what comes between is never read. So this is called at both.
   */
  readonly fromEnd: (() => void) | undefined;
  readonly onAssigned: (assigned: ReadonlyMap<string, readonly number[]>) => void;
  readonly onBatch: (payload: EachBatchPayload) => Promise<string | undefined>;
  readonly now?: () => number;
}

const SESSION_MS = 6_000;
const AGAIN_MS = 1_000;
/**
 * A batch that cannot be read is met again within this time: a member that crashed is waited for by its group (its
 * session, then twice that for the others) before it joins and reads again.
 */
const MET_AGAIN_MS = 60_000;

/** A member of a group that comes back whenever Kafka does: kafkajs gives up on what it calls not retriable. */
export class GroupMember {
  #consumer: Consumer | undefined;
  #joined = false;
  #closing = false;
  /** Since it joined: by broker, whether its first fetch has come back. */
  readonly #fetched = new Map<string, boolean>();
  /** What the last failure said about reaching Kafka. */
  #fault: string | undefined;
  /** What it was given and cannot read, and when: to join the group again mends nothing of it. */
  #unreadable: {readonly reason: string; readonly metMs: number} | undefined;

  constructor(private readonly options: GroupMemberOptions) {}

  get consumer(): Consumer | undefined {
    return this.#consumer;
  }

  /** Why it does not read; undefined: it is in the group and does. */
  reason(): string | undefined {
    const met = this.#unreadable;
    if (met !== undefined && this.#now() - met.metMs < MET_AGAIN_MS) return met.reason;
    if (this.#joined) return undefined;
    return this.#fault === undefined ? 'not in the consumer group yet' : `not in the consumer group: ${this.#fault}`;
  }

  async start(topics: readonly string[]): Promise<void> {
    while (!this.#closing) {
      try {
        await this.#subscribe([...topics]);
        return;
      } catch (error) {
        this.#fault = accessReason(error);
        this.options.logger.warn('waiting for Kafka', {error});
        await this.#consumer?.disconnect().catch(() => undefined);
        await sleep(AGAIN_MS, undefined, {ref: false});
      }
    }
  }

  pause({topic, partition}: Place): void {
    if (!this.#closing) this.#consumer?.pause([{topic, partitions: [partition]}]);
  }

  resumeAt({topic, partition}: Place, offset: bigint): void {
    if (this.#closing) return;
    this.#consumer?.seek({topic, partition, offset: offset.toString()});
    this.#consumer?.resume([{topic, partitions: [partition]}]);
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#consumer?.disconnect().catch(() => undefined);
  }

  async #subscribe(topics: string[]): Promise<void> {
    const consumer = this.options.kafka.consumer({
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
      const assigned = new Map(Object.entries(payload.memberAssignment));
      const count = [...assigned.values()].flat().length;
      [this.#joined, this.#fault] = [true, undefined];
      this.#fetched.clear();
      this.options.logger.info('joined the consumer group', {group: this.options.groupId, count});
      this.options.fromEnd?.();
      this.options.onAssigned(assigned);
    });
    this.#followFetches(consumer);
    consumer.on(consumer.events.CRASH, ({payload}) => {
      const {error, restart} = payload;
      [this.#joined, this.#fault] = [false, accessReason(error)];
      this.options.logger.warn('consumer crashed', {error, state: restart ? 'restarting' : 'stopped'});
      this.#meet(unreadableBatch(error));
      if (!restart) void this.#startAgain(consumer, topics);
    });
    await consumer.connect();
    await consumer.subscribe({topics, fromBeginning: this.options.fromEnd === undefined});
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      partitionsConsumedConcurrently: 2,
      eachBatch: (payload) => this.#take(consumer, payload),
    });
  }

  #meet(reason: string | undefined): void {
    if (reason === undefined) return;
    this.#unreadable = {reason, metMs: this.#now()};
    this.options.logger.error('Kafka gives what cannot be read: no topic is taken', {reason});
  }

  #now(): number {
    return (this.options.now ?? Date.now)();
  }

  #followFetches(consumer: Consumer): void {
    // One that began before it joined tells nothing.
    consumer.on(consumer.events.FETCH_START, ({payload}) => {
      if (!this.#fetched.has(brokerOf(payload))) this.#fetched.set(brokerOf(payload), false);
    });
    consumer.on(consumer.events.FETCH, ({payload}) => {
      if (this.#fetched.get(brokerOf(payload)) !== false) return;
      this.#fetched.set(brokerOf(payload), true);
      this.options.fromEnd?.();
    });
  }

  async #take(consumer: Consumer, payload: EachBatchPayload): Promise<void> {
    const last = await this.options.onBatch(payload);
    if (last === undefined) return;
    if (this.options.fromEnd !== undefined) return payload.heartbeat();
    const {topic, partition} = payload.batch;
    // For people and tools, and for a consumer without positions of its own.
    const committed = [{topic, partition, offset: (BigInt(last) + 1n).toString()}];
    await consumer.commitOffsets(committed).catch(() => undefined);
    await payload.heartbeat();
  }

  // Among what it calls so is a broker whose coordinator is not there yet.
  async #startAgain(crashed: Consumer, topics: readonly string[]): Promise<void> {
    await crashed.disconnect().catch(() => undefined);
    await sleep(AGAIN_MS, undefined, {ref: false});
    await this.start(topics);
  }
}

// kafkajs has it in both events; its types leave it out.
const brokerOf = (payload: object): string => String((payload as {nodeId?: unknown}).nodeId);
