import {DomainError} from '@vitalvault/errors';
import {contextOf, injectHeaders, observe, withSpan} from '@vitalvault/process';
import {Partitioners} from 'kafkajs';
import type {Admin, Kafka, Message, PartitionMetadata, Producer, TopicMessages} from 'kafkajs';
import {randomUUID} from 'node:crypto';
import {setTimeout as sleep} from 'node:timers/promises';
import {isOf} from './is-of.js';
import {connectKafka} from './kafka-connection.js';
import type {KafkaOptions} from './kafka-connection.js';
import {bytesOf, portionsOf} from './portions.js';
import {NeverSent, SEND_MS, SendQueue} from './send-queue.js';
import type {Place} from './send-queue.js';

export interface MessageToSend {
  /** Patient id: one patient's messages stay in order. */
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  /** Default: `application/vnd.vitalvault.event.v1+protobuf`. */
  readonly contentType?: string;
  /** Default: a fresh one. The same message sent again keeps its id. */
  readonly messageId?: string;
  /** Trace to continue instead of the active one: a message of an outbox is sent long after its cause. */
  readonly traceparent?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A producer, with how many requests use it. */
interface Connected {
  readonly producer: Promise<Producer>;
  flying: number;
  /** Nothing new uses it; it ends behind what does. */
  forgotten: boolean;
  ended: boolean;
}

/** For a connection with its handshake; half of a send's time. */
const CONNECTED_MS = 2_500;

/**
 * Sends with acks=all. What waits while a request is under way goes with the next one, so many small sends cost few
 * round trips; how much may wait is bounded (`SendQueue`). Without Kafka a send fails within five seconds; whether it
 * was written may then be unknown, so receivers take messages twice.
 */
export class KafkaProducer {
  readonly #kafka: Kafka;
  #producer: Connected | undefined;
  readonly #partitioner = Partitioners.DefaultPartitioner();
  /** Of topics that were sent to. */
  readonly #partitions = new Map<string, PartitionMetadata[]>();
  #admin: Admin | undefined;
  #asking: Promise<void> | undefined;
  readonly #queue = new SendQueue({deliver: (batches) => this.#deliver(batches), isRefusal});
  #closed = false;

  constructor(options: KafkaOptions) {
    this.#kafka = connectKafka(options);
    observe('vitalvault.kafka.send_queue.messages', () => this.#queue.used.messages);
    observe('vitalvault.kafka.send_queue.fullness', () => this.#queue.used.share);
    observe('vitalvault.kafka.send_queue.age', () => this.#queue.oldestMs / 1_000);
  }

  /**
   * Room for messages whose values have so many bytes in all, before any work is done for them.
   * @throws DomainError busy, bus-unavailable, shutting-down
   */
  reserve(messages: number, bytes: number): Place {
    return this.#queue.reserve(messages, bytes);
  }

  /** @param place of `reserve`; without it a place is taken here. @throws DomainError busy, bus-unavailable */
  async send(topic: string, messages: readonly MessageToSend[], place?: Place): Promise<void> {
    if (messages.length === 0) return;
    const taken = place ?? this.reserve(messages.length, bytesOf(messages));
    const traceparent = messages[0]?.traceparent;
    try {
      await withSpan(
        `send ${topic}`,
        {
          kind: 'producer',
          ...(traceparent === undefined ? {} : {parent: contextOf(traceparent)}),
          attributes: {
            'messaging.system': 'kafka',
            'messaging.destination.name': topic,
            'messaging.operation.type': 'send',
            'messaging.batch.message_count': messages.length,
          },
        },
        () => this.#sendAll(topic, messages, taken),
      );
    } finally {
      if (place === undefined) taken.leave();
    }
  }

  /** Whether a broker answers now, for readiness. @throws DomainError bus-unavailable */
  async check(): Promise<void> {
    if (this.#closed) throw new DomainError('shutting-down');
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = undefined;
    });
    await this.#asking;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#queue.close();
    await this.#admin?.disconnect().catch(() => undefined);
    const producer = await this.#producer?.producer.catch(() => undefined);
    this.#producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }

  // By a client of its own: a producer does not notice that its broker is gone before it sends.
  async #ask(): Promise<void> {
    const admin = (this.#admin ??= this.#kafka.admin({retry: {retries: 0}}));
    try {
      await admin.connect();
      await admin.describeCluster();
    } catch (cause) {
      this.#admin = undefined;
      await admin.disconnect().catch(() => undefined);
      throw new DomainError('bus-unavailable', {cause});
    }
  }

  #messageOf(message: MessageToSend, of: number): Message {
    // One message continues the span of its sending; of several each keeps its own cause.
    const trace = of === 1 || message.traceparent === undefined ? injectHeaders() : {traceparent: message.traceparent};
    return {
      key: Buffer.from(message.key),
      value: Buffer.from(message.value),
      headers: {
        ...message.headers,
        ...trace,
        'content-type': message.contentType ?? 'application/vnd.vitalvault.event.v1+protobuf',
        'message-id': message.messageId ?? randomUUID(),
      },
    };
  }

  // To the end of the last: until then its place is used.
  async #sendAll(topic: string, messages: readonly MessageToSend[], place: Place): Promise<void> {
    const byPartition = new Map<string, Message[]>();
    for (const message of messages.map((one) => this.#messageOf(one, messages.length))) {
      const partition = this.#partitionOf(topic, message);
      const others = byPartition.get(partition);
      if (others === undefined) byPartition.set(partition, [message]);
      else others.push(message);
    }
    const sent = [...byPartition].flatMap(([partition, all]) =>
      portionsOf(all).map((batch) => this.#queue.send({topic, messages: batch}, place, partition)),
    );
    const ends = await Promise.allSettled(sent);
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  // As kafkajs will choose it; it says of which there are when it sends first.
  #partitionOf(topic: string, message: Message): string {
    const partitionMetadata = this.#partitions.get(topic);
    return partitionMetadata === undefined
      ? topic
      : `${topic}/${String(this.#partitioner({topic, partitionMetadata, message}))}`;
  }

  async #deliver(topicMessages: TopicMessages[]): Promise<void> {
    const connected = this.#connected();
    connected.flying++;
    try {
      const producer = await inTime(connected.producer).catch((cause: unknown) => {
        throw new NeverSent(cause);
      });
      await producer.sendBatch({acks: -1, timeout: SEND_MS - 1_000, topicMessages});
    } catch (error) {
      if (!isOf(error, OF_PARTITIONS)) this.#forget(connected);
      throw error;
    } finally {
      connected.flying--;
      end(connected);
    }
  }

  // kafkajs keeps asking for every topic it was ever told, so one that does not exist would fail all later sends. A
  // fresh producer knows none. Others may have requests under way: it ends behind them.
  #forget(connected: Connected): void {
    connected.forgotten = true;
    if (this.#producer === connected) this.#producer = undefined;
    end(connected);
  }

  #connected(): Connected {
    return (this.#producer ??= this.#connect());
  }

  #connect(): Connected {
    const producer = this.#kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: () => (asked) => {
        this.#partitions.set(asked.topic, asked.partitionMetadata);
        return this.#partitioner(asked);
      },
      // A new leader is found by the second attempt; more of them would hold up those who wait behind.
      retry: {retries: 1, initialRetryTime: 200, maxRetryTime: 500},
    });
    const connected: Connected = {
      producer: producer.connect().then(() => producer),
      flying: 0,
      forgotten: false,
      ended: false,
    };
    const gone = (): void => {
      this.#forget(connected);
    };
    producer.on(producer.events.DISCONNECT, gone);
    connected.producer.catch(gone);
    return connected;
  }
}

function end(connected: Connected): void {
  if (!connected.forgotten || connected.flying > 0 || connected.ended) return;
  connected.ended = true;
  // Not waited for: it ends by itself, and what waits has no time for it.
  void connected.producer.then((producer) => producer.disconnect()).catch(() => undefined);
}

// kafkajs tries again for half a minute where a port is open and nobody answers: a broker that starts. Who waits behind
// would find it only then.
async function inTime(connected: Promise<Producer>): Promise<Producer> {
  const late = new AbortController();
  const deadline = sleep(CONNECTED_MS, undefined, {signal: late.signal}).then(() => {
    throw new Error('no connection in time');
  });
  try {
    return await Promise.race([connected, deadline]);
  } finally {
    deadline.catch(() => undefined);
    late.abort();
  }
}

// What the broker says of these very messages: others may go well.
const REFUSALS = new Set([
  'UNKNOWN_TOPIC_OR_PARTITION',
  'INVALID_TOPIC_EXCEPTION',
  'TOPIC_AUTHORIZATION_FAILED',
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
]);

// What it says of partitions: the connection is well, and others use it.
const OF_PARTITIONS = new Set([
  'NOT_ENOUGH_REPLICAS',
  'NOT_ENOUGH_REPLICAS_AFTER_APPEND',
  'LEADER_NOT_AVAILABLE',
  'NOT_LEADER_FOR_PARTITION',
  'REPLICA_NOT_AVAILABLE',
]);

const isRefusal = (error: unknown): boolean => isOf(error, REFUSALS);
