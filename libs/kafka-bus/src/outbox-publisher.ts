import {observe, recently} from '@vitalvault/process';
import type {Logger} from '@vitalvault/process';
import type {KafkaProducer, MessageToSend} from './kafka-producer.js';
import {portionsOf} from './portions.js';

/** A message that was written in the same transaction as the fact it tells. */
export interface OutboxMessage extends MessageToSend {
  readonly id: bigint;
  readonly topic: string;
}

export interface Outbox {
  /** Oldest first. */
  take(limit: number): Promise<readonly OutboxMessage[]>;
  sent(ids: readonly bigint[]): Promise<void>;
  /** How many wait, counted to `most`. */
  count(most: number): Promise<number>;
}

const BATCH = 200;
const IDLE_MS = 1_000;
const FAILED_MS = 1_000;
/** For the metrics: so many are counted, so often. */
const MOST_COUNTED = 10_000;
const COUNT_EVERY_MS = 10_000;

/**
 * Sends what is in the outbox, in order, until it is sent; `poke` after a commit makes that prompt. A message may go
 * out twice, with the same id. One request at a time, noted before the next: together they would share the time of one
 * send, and where Kafka is slow the last would never be in it.
 */
export class OutboxPublisher {
  #stopped = false;
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #poked = false;
  /** What was the oldest at the last look, and since when it has been. */
  #oldest: {readonly id: bigint; readonly sinceMs: number} | undefined;

  constructor(private readonly ports: {outbox: Outbox; producer: KafkaProducer; logger: Logger}) {
    const count = recently(COUNT_EVERY_MS, () => ports.outbox.count(MOST_COUNTED));
    observe('vitalvault.outbox.messages', count);
    observe('vitalvault.outbox.age', () => this.oldestMs / 1_000);
  }

  /** How long this process has seen the oldest message wait; 0: none does. */
  get oldestMs(): number {
    return this.#oldest === undefined ? 0 : Math.max(0, Date.now() - this.#oldest.sinceMs);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  poke(): void {
    this.#poked = true;
    this.#wake?.();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#poked = false;
      try {
        if ((await this.#publish()) < BATCH) await this.#sleep(IDLE_MS);
      } catch (error) {
        this.ports.logger.warn('outbox waits', {error});
        await this.#sleep(FAILED_MS);
      }
    }
  }

  async #publish(): Promise<number> {
    const messages = await this.ports.outbox.take(BATCH);
    const [first] = messages;
    if (first?.id !== this.#oldest?.id) this.#oldest = first && {id: first.id, sinceMs: Date.now()};
    const topics = new Set(messages.map((message) => message.topic));
    for (const topic of topics) {
      for (const portion of portionsOf(messages.filter((message) => message.topic === topic))) {
        await this.ports.producer.send(topic, portion);
        await this.ports.outbox.sent(portion.map((message) => message.id));
      }
    }
    this.#oldest = undefined;
    return messages.length;
  }

  // Not at all when somebody poked while the last batch was sent.
  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.#poked || this.#stopped) {
        resolve();
        return;
      }
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = (): void => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
