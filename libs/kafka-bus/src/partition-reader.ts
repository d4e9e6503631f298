import {KafkaContext} from './kafka-record.js';
import type {KafkaRecord, OffsetStore} from './kafka-record.js';
import {DEFAULT_RETRY, afterFailure, reasonOf} from './retry.js';
import type {RetryPolicy} from './retry.js';

/** Handles records: one, or several at once when the handler takes batches. */
export type Dispatch = (records: readonly KafkaRecord[], context: KafkaContext) => Promise<void>;

export interface ReaderPorts {
  readonly dispatch: Dispatch;
  readonly offsets: OffsetStore;
  /** Puts a record aside; it must not return before that is durable. */
  readonly deadLetter: (record: KafkaRecord, reason: string) => Promise<void>;
  readonly onAttempt: () => void;
  readonly onFailure: (failure: {
    error: unknown;
    record: KafkaRecord;
    attempt: number;
    next: number | 'dead-letter';
  }) => void;
  /** Waits and keeps the group membership alive; throws when the work was taken away meanwhile. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

/**
 * Works through records of one partition in order: each until its effect is there or it is put aside as a dead letter.
 * In a batch that fails for a reason of its own the records are tried one by one, so one bad record does not take its
 * neighbours along.
 */
export class PartitionReader {
  constructor(
    private readonly ports: ReaderPorts,
    private readonly options: {maxBatch: number; retry?: RetryPolicy},
  ) {}

  async handle(records: readonly KafkaRecord[]): Promise<void> {
    for (let from = 0; from < records.length; from += this.options.maxBatch) {
      await this.#handleChunk(records.slice(from, from + this.options.maxBatch));
    }
  }

  async #handleChunk(records: readonly KafkaRecord[]): Promise<void> {
    const last = records.at(-1);
    if (last === undefined) return;
    const policy = this.options.retry ?? DEFAULT_RETRY;
    for (let attempt = 1; ; attempt++) {
      this.ports.onAttempt();
      try {
        await this.ports.dispatch(records, new KafkaContext([last]));
        return;
      } catch (error) {
        const next = afterFailure(error, attempt, records.length > 1 ? {...policy, attempts: 1} : policy);
        this.ports.onFailure({error, record: last, attempt, next});
        if (next !== 'dead-letter') {
          await this.ports.pause(next);
          continue;
        }
        if (records.length === 1) await this.#putAside(last, error);
        else for (const record of records) await this.#handleChunk([record]);
        return;
      }
    }
  }

  async #putAside(record: KafkaRecord, error: unknown): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        await this.ports.deadLetter(record, reasonOf(error));
        await this.ports.offsets.save(record.topic, record.partition, record.offset + 1n);
        return;
      } catch (failure) {
        const next = afterFailure(failure, attempt, {...DEFAULT_RETRY, attempts: Number.POSITIVE_INFINITY});
        this.ports.onFailure({error: failure, record, attempt, next});
        if (next !== 'dead-letter') await this.ports.pause(next);
      }
    }
  }
}
