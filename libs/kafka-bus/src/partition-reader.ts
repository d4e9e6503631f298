import {PositionMoved} from '@vitalvault/process';
import type {KafkaRecord} from './kafka-record.js';
import {DEFAULT_RETRY, afterFailure} from './retry.js';
import type {RetryPolicy} from './retry.js';

/** Handles records, of which the last is named: one, or several at once when the handler takes batches. */
export type Dispatch = (records: readonly KafkaRecord[], last: KafkaRecord) => Promise<void>;

export interface ReaderPorts {
  readonly dispatch: Dispatch;
  readonly onAttempt: () => void;
  readonly onFailure: (failure: {error: unknown; record: KafkaRecord; attempt: number; next: number | 'stop'}) => void;
  /** Waits and keeps the group membership alive; throws when the work was taken away meanwhile. */
  readonly pause: (milliseconds: number) => Promise<void>;
}

/** A record that cannot be taken; all before it took effect, and none behind it was touched. `cause` says why. */
export class CannotTake extends Error {
  override readonly name = 'CannotTake';

  constructor(
    readonly record: KafkaRecord,
    cause: unknown,
  ) {
    super('a message cannot be taken', {cause});
  }
}

/**
 * Works through records of one partition in order: each until its effect is there. In a batch that fails for a reason
 * of its own the records are tried one by one, so that those before the bad one take effect.
 */
export class PartitionReader {
  constructor(
    private readonly ports: ReaderPorts,
    private readonly options: {maxBatch: number; retry?: RetryPolicy},
  ) {}

  /** @throws CannotTake; PositionMoved when an effect does not continue what is stored */
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
        await this.ports.dispatch(records, last);
        return;
      } catch (error) {
        if (error instanceof PositionMoved) throw error;
        const next = afterFailure(error, attempt, records.length > 1 ? {...policy, attempts: 1} : policy);
        this.ports.onFailure({error, record: last, attempt, next});
        if (next !== 'stop') {
          await this.ports.pause(next);
          continue;
        }
        if (records.length === 1) throw new CannotTake(last, error);
        for (const record of records) await this.#handleChunk([record]);
        return;
      }
    }
  }
}
