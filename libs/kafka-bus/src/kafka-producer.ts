import {DomainError} from '@vitalvault/errors';
import {contextOf, injectHeaders, withSpan} from '@vitalvault/process';
import type {Admin, Kafka, Message, Producer, TopicMessages} from 'kafkajs';
import {randomUUID} from 'node:crypto';
import {connectKafka} from './kafka-connection.js';
import type {KafkaOptions} from './kafka-connection.js';

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

interface Waiting {
  readonly batch: TopicMessages;
  readonly settle: (error?: unknown) => void;
}

const SEND_MS = 5_000;
// A broker takes about 1 MB for one partition at once (message.max.bytes).
const MAX_REQUEST_BYTES = 900_000;
const OVERHEAD_BYTES = 300;

/**
 * Sends with acks=all. What waits while a request is under way goes with the next one, so many small sends cost few
 * round trips. Without Kafka a send fails within five seconds; whether it was written is then unknown, so receivers
 * take messages twice.
 */
export class KafkaProducer {
  readonly #kafka: Kafka;
  #producer: Promise<Producer> | undefined;
  #admin: Admin | undefined;
  #asking: Promise<void> | undefined;
  #waiting: Waiting[] = [];
  #flushing = false;
  #closed = false;

  constructor(options: KafkaOptions) {
    this.#kafka = connectKafka(options);
  }

  /** @throws DomainError bus-unavailable */
  async send(topic: string, messages: readonly MessageToSend[]): Promise<void> {
    if (messages.length === 0) return;
    const traceparent = messages[0]?.traceparent;
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
      async () => {
        const batches = split(messages.map((message) => this.#messageOf(message, messages.length)));
        await Promise.all(batches.map((batch) => this.#enqueue({topic, messages: batch})));
      },
    );
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
    await this.#admin?.disconnect().catch(() => undefined);
    await this.#forget();
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

  #enqueue(batch: TopicMessages): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        settle(new Error('no acknowledgement in time'));
      }, SEND_MS);
      const settle = (error?: unknown): void => {
        clearTimeout(timer);
        if (error === undefined) resolve();
        else reject(error instanceof DomainError ? error : new DomainError('bus-unavailable', {cause: error}));
      };
      this.#waiting.push({batch, settle});
      if (!this.#flushing) void this.#flush();
    });
  }

  async #flush(): Promise<void> {
    this.#flushing = true;
    while (this.#waiting.length > 0) {
      const taken = this.#take();
      try {
        const producer = await this.#connected();
        await producer.sendBatch({acks: -1, timeout: SEND_MS - 1_000, topicMessages: merge(taken)});
        for (const {settle} of taken) settle();
      } catch (error) {
        for (const {settle} of taken) settle(error);
        await this.#forget();
      }
    }
    this.#flushing = false;
  }

  // kafkajs keeps asking for every topic it was ever told, so one that does not exist would fail all later sends. A
  // fresh producer knows none.
  async #forget(): Promise<void> {
    const producer = await this.#producer?.catch(() => undefined);
    this.#producer = undefined;
    await producer?.disconnect().catch(() => undefined);
  }

  #take(): Waiting[] {
    let bytes = 0;
    const end = this.#waiting.findIndex(
      ({batch}, index) => (bytes += bytesOf(batch.messages)) > MAX_REQUEST_BYTES && index > 0,
    );
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  #connected(): Promise<Producer> {
    if (this.#closed) return Promise.reject(new DomainError('shutting-down'));
    this.#producer ??= this.#connect().catch((error: unknown) => {
      this.#producer = undefined;
      throw new DomainError('bus-unavailable', {cause: error});
    });
    return this.#producer;
  }

  async #connect(): Promise<Producer> {
    const producer = this.#kafka.producer({
      allowAutoTopicCreation: false,
      retry: {retries: 2, initialRetryTime: 100, maxRetryTime: 500},
    });
    await producer.connect();
    producer.on(producer.events.DISCONNECT, () => {
      this.#producer = undefined;
    });
    return producer;
  }
}

const sizeOf = (message: Message): number => (message.value?.length ?? 0) + OVERHEAD_BYTES;
const bytesOf = (messages: readonly Message[]): number => messages.reduce((sum, message) => sum + sizeOf(message), 0);

function split(messages: readonly Message[]): Message[][] {
  const batches: Message[][] = [];
  let room = 0;
  for (const message of messages) {
    const size = sizeOf(message);
    if (size > room) {
      batches.push([]);
      room = MAX_REQUEST_BYTES;
    }
    batches.at(-1)?.push(message);
    room -= size;
  }
  return batches;
}

function merge(waiting: readonly Waiting[]): TopicMessages[] {
  const byTopic = new Map<string, Message[]>();
  for (const {batch} of waiting) byTopic.set(batch.topic, [...(byTopic.get(batch.topic) ?? []), ...batch.messages]);
  return [...byTopic].map(([topic, messages]) => ({topic, messages}));
}
