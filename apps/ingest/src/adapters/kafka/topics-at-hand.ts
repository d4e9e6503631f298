import {TOPICS} from '@vitalvault/contracts';
import {createTopics} from '@vitalvault/kafka-bus';
import type {KafkaOptions} from '@vitalvault/kafka-bus';

/** Creates the topics that ingest uses, for as long as it takes; `reason` says why they are not there yet. */
export class TopicsAtHand {
  #there = false;
  #stopped = false;

  constructor(private readonly options: KafkaOptions & {retentionMs: number}) {}

  async ensure(): Promise<void> {
    const {retentionMs, ...kafka} = this.options;
    while (!this.#there && !this.#stopped) {
      try {
        await createTopics({...kafka, topics: [{topic: TOPICS.recordsAccepted, retentionMs}, {topic: TOPICS.ledgerEvents}]});
        this.#there = true;
      } catch (error) {
        this.options.logger.warn('waiting for Kafka', {error});
      }
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  reason(): string | undefined {
    return this.#there ? undefined : 'Kafka has not answered yet';
  }
}
