import {setTimeout as sleep} from 'node:timers/promises';
import {createTopics} from './create-topics.js';
import type {TopicToCreate} from './create-topics.js';
import type {KafkaOptions} from './kafka-connection.js';

/** Pause before Kafka is asked again: longer than it needs to refuse, short beside its start of some ten seconds. */
const AGAIN_MS = 2_000;

/** Sees to it that the topics of a service are there, for as long as it takes; `reason` says why they are not yet. */
export class TopicsAtHand {
  readonly #stopping = new AbortController();
  #reason: string | undefined = 'Kafka has not answered yet';

  constructor(private readonly options: KafkaOptions & {topics: readonly TopicToCreate[]}) {}

  /** Returns at once. */
  start(): void {
    void this.ensure();
  }

  async ensure(): Promise<void> {
    const {signal} = this.#stopping;
    // A function, for it may have become true while Kafka was asked.
    const stopped = (): boolean => signal.aborted;
    while (this.#reason !== undefined && !stopped()) {
      try {
        await createTopics({...this.options, signal});
        this.#reason = undefined;
      } catch (error) {
        this.#reason = error instanceof Error ? error.message : 'Kafka has not answered yet';
        if (stopped()) return;
        this.options.logger.warn('waiting for Kafka', {error});
        await sleep(AGAIN_MS, undefined, {signal}).catch(() => undefined);
      }
    }
  }

  stop(): void {
    this.#stopping.abort();
  }

  reason(): string | undefined {
    return this.#reason;
  }
}
