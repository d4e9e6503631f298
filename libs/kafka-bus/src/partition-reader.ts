import {PositionMoved} from '@vitalvault/process';
import type {KafkaRecord} from './kafka-record.js';
import {DEFAULT_RETRY, afterFailure} from './retry.js';
import type {RetryPolicy} from './retry.js';

/** Handles records, of which the last is named: one, or several at once when the handler takes batches. */
export type Dispatch = (records: readonly KafkaRecord[], last: KafkaRecord) => Promise<void>;

export interface ReaderPorts {
  readonly dispatch: Dispatch;
  /** Keeps a record that cannot be taken, and steps over it, where that may be. @returns whether it did */
  readonly setAside: (record: KafkaRecord, fault: unknown) => Promise<boolean>;
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
 * Works through records of one partition in order: each until its effect is there, or until it is set aside. In a batch
 * that fails for a reason of its own the records are tried one by one, so that those before the bad one take effect.
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
    const {attempts} = this.#policy;
    const failed = await this.#tried(last, records.length > 1 ? 1 : attempts, () => this.ports.dispatch(records, last));
    if (failed === undefined) return;
    if (records.length > 1) {
      for (const record of records) await this.#handleChunk([record]);
      return;
    }
    const kept = await this.#tried(last, 1, async () => {
      if (!(await this.ports.setAside(last, failed.fault))) throw new CannotTake(last, failed.fault);
    });
    if (kept !== undefined) throw kept.fault instanceof CannotTake ? kept.fault : new CannotTake(last, kept.fault);
  }

  /** @returns why the work is not done and trying again does not help; undefined: it is done */
  async #tried(
    record: KafkaRecord,
    attempts: number,
    work: () => Promise<void>,
  ): Promise<{readonly fault: unknown} | undefined> {
    for (let attempt = 1; ; attempt++) {
      this.ports.onAttempt();
      try {
        await work();
        return undefined;
      } catch (fault) {
        if (fault instanceof PositionMoved) throw fault;
        const next = afterFailure(fault, attempt, {...this.#policy, attempts});
        if (!(fault instanceof CannotTake)) this.ports.onFailure({error: fault, record, attempt, next});
        if (next === 'stop') return {fault};
        await this.ports.pause(next);
      }
    }
  }

  get #policy(): RetryPolicy {
    return this.options.retry ?? DEFAULT_RETRY;
  }
}
