import {TOPICS} from '@vitalvault/contracts';
import {createTopics} from '@vitalvault/kafka-bus';
import type {KafkaOptions} from '@vitalvault/kafka-bus';

/** Creates the topics that storage reads and writes, for as long as it takes. */
export class TopicsAtHand {
  #stopped = false;

  constructor(private readonly options: KafkaOptions) {}

  async ensure(): Promise<void> {
    while (!this.#stopped) {
      try {
        await createTopics({...this.options, topics: [{topic: TOPICS.recordsAccepted}, {topic: TOPICS.recordsStored}, {topic: TOPICS.alerts}]});
        return;
      } catch (error) {
        this.options.logger.warn('waiting for Kafka', {error});
      }
    }
  }

  stop(): void {
    this.#stopped = true;
  }
}
