import type {OffsetStore} from '@vitalvault/kafka-bus';

/**
 * For a consumer whose effect is in memory only: there is nothing to store a position with. Kafka's own committed
 * offset decides where it begins, and a missed event costs no more than the time that a fact is believed.
 */
export class NoOffsets implements OffsetStore {
  load(): Promise<undefined> {
    return Promise.resolve(undefined);
  }
}
