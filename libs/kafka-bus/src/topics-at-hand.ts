import {setTimeout as sleep} from 'node:timers/promises';
import {createTopics} from './create-topics.js';
import type {TopicToCreate} from './create-topics.js';
import type {KafkaOptions} from './kafka-connection.js';

/** Pause before Kafka is asked again: longer than it needs to refuse, short beside its start of some ten seconds. */
const AGAIN_MS = 2_000;
/** A Kafka that was made anew under a running service has none of its topics; positions tell then what was lost. */
const LOOK_MS = 30_000;

/** Sees to it that the topics of a service are there, for as long as it runs; `reason` says why they are not. */
export class TopicsAtHand {
  readonly #stopping = new AbortController();
  #unseenTold = false;
  #reason: string | undefined = 'Kafka has not answered yet';

  /** @param options.lookMs between two looks at topics that were there */
  constructor(private readonly options: KafkaOptions & {topics: readonly TopicToCreate[]; lookMs?: number}) {}

  /** Returns at once. */
  start(): void {
    void this.#keep();
  }

  /** Until they are there, or it is stopped. */
  async ensure(): Promise<void> {
    while (this.#reason !== undefined && !this.#stopped()) {
      if (!(await this.#look())) await this.#pause(AGAIN_MS);
    }
  }

  stop(): void {
    this.#stopping.abort();
  }

  reason(): string | undefined {
    return this.#reason;
  }

  async #keep(): Promise<void> {
    while (!this.#stopped()) {
      await this.ensure();
      await this.#pause(this.options.lookMs ?? LOOK_MS);
      if (!this.#stopped()) await this.#look();
    }
  }

  /** Whether they are there. */
  async #look(): Promise<boolean> {
    try {
      this.#tellOnce(await createTopics({...this.options, signal: this.#stopping.signal}));
      this.#reason = undefined;
    } catch (error) {
      this.#reason = error instanceof Error ? error.message : 'Kafka has not answered yet';
      if (!this.#stopped()) this.options.logger.warn('waiting for Kafka', {error});
    }
    return this.#reason === undefined;
  }

  #tellOnce(unseen: readonly string[]): void {
    if (unseen.length === 0 || this.#unseenTold) return;
    this.#unseenTold = true;
    const topic = unseen.join(' ');
    this.options.logger.warn('the settings of topics are not looked at: no right to describe them', {topic});
  }

  // A function, for it may have become true while Kafka was asked.
  #stopped(): boolean {
    return this.#stopping.signal.aborted;
  }

  async #pause(ms: number): Promise<void> {
    await sleep(ms, undefined, {signal: this.#stopping.signal}).catch(() => undefined);
  }
}
