import {PositionMoved} from '@vitalvault/process';
import type {Logger} from '@vitalvault/process';
import type {EachBatchPayload, KafkaMessage} from 'kafkajs';
import {setTimeout as sleep} from 'node:timers/promises';
import {dispatchRecords} from './dispatch-records.js';
import type {RecordHandler} from './dispatch-records.js';
import {CannotTake, PartitionReader} from './partition-reader.js';
import type {Partitions} from './partitions.js';
import type {RetryPolicy} from './retry.js';
import type {SettingAside} from './setting-aside.js';
import type {TakenPartition} from './taken-partition.js';
import {toRecord} from './to-record.js';

export interface BatchWorkOptions {
  readonly logger: Logger;
  readonly handlerOf: (topic: string) => RecordHandler | undefined;
  /** Most records that a batch handler gets at once. */
  readonly maxBatch: number;
  readonly retry?: RetryPolicy | undefined;
  readonly onAttempt: () => void;
  /** Undefined: nothing is ever set aside. */
  readonly settingAside: SettingAside | undefined;
}

/** Another process has the partition, or it is to be read from elsewhere: what was not handled comes again. */
class TakenAway extends Error {
  override readonly name = 'TakenAway';
}

/** Takes batches of kafkajs: judges where they begin, brings them to their handler, and follows what comes of it. */
export class BatchWork {
  constructor(
    private readonly options: BatchWorkOptions,
    private readonly partitions: Partitions,
  ) {}

  /** @returns offset up to which all is handled, this one included; undefined: nothing new is */
  async handle(payload: EachBatchPayload): Promise<string | undefined> {
    const {batch} = payload;
    const taken = this.partitions.at(batch);
    if (taken === undefined || batch.messages.length === 0) return undefined;
    const judged = taken.judge(batch);
    if (judged.kind !== 'take') {
      this.partitions.refuse(taken, judged);
      return undefined;
    }
    try {
      await this.#handleAll(payload, taken, judged.messages);
    } catch (error) {
      this.#failed(taken, error);
      return undefined;
    }
    taken.passed(batch);
    this.partitions.goOn(taken);
    payload.resolveOffset(batch.lastOffset());
    return batch.lastOffset();
  }

  #failed(taken: TakenPartition, error: unknown): void {
    if (error instanceof PositionMoved) this.partitions.takeAgain(taken, error.message);
    else if (error instanceof CannotTake) this.partitions.stand(taken, error.record.offset, error.cause);
    else if (!(error instanceof TakenAway)) throw error;
  }

  async #handleAll(payload: EachBatchPayload, taken: TakenPartition, messages: readonly KafkaMessage[]): Promise<void> {
    const {topic, partition} = taken;
    const handler = this.options.handlerOf(topic);
    if (handler === undefined) return;
    const mostAtOnce = handler.batch ? this.options.maxBatch : 1;
    const reader = this.#readerOf(payload, taken, {handler, mostAtOnce});
    for (let from = 0; from < messages.length; from += mostAtOnce) {
      this.#mustBeOurs(payload, taken);
      await reader.handle(messages.slice(from, from + mostAtOnce).map((one) => toRecord(topic, partition, one)));
      await payload.heartbeat();
    }
  }

  #readerOf(
    payload: EachBatchPayload,
    taken: TakenPartition,
    {handler, mostAtOnce}: {handler: RecordHandler; mostAtOnce: number},
  ): PartitionReader {
    const {logger, onAttempt, retry} = this.options;
    return new PartitionReader(
      {
        onAttempt,
        onFailure: ({error, record: {topic, partition, offset}, attempt, next}) => {
          const state = next === 'stop' ? 'stopping' : 'retrying';
          logger.warn('handler failed', {topic, partition, offset, attempt, state, error});
        },
        pause: (milliseconds) => this.#pause(payload, taken, milliseconds),
        dispatch: async (records, last) => {
          const advance = taken.advanceTo(last);
          await dispatchRecords(handler, records, {last, advance});
          taken.made(advance);
        },
        setAside: async (record, fault) => {
          const advance = taken.advanceTo(record);
          if ((await this.options.settingAside?.setAside(record, fault, advance)) !== true) return false;
          taken.made(advance);
          return true;
        },
      },
      {maxBatch: mostAtOnce, ...(retry === undefined ? {} : {retry})},
    );
  }

  async #pause(payload: EachBatchPayload, taken: TakenPartition, milliseconds: number): Promise<void> {
    const until = Date.now() + milliseconds;
    do {
      this.#mustBeOurs(payload, taken);
      await sleep(Math.min(1_000, Math.max(0, until - Date.now())));
      await payload.heartbeat();
    } while (Date.now() < until);
  }

  #mustBeOurs(payload: EachBatchPayload, taken: TakenPartition): void {
    if (payload.isStale() || !payload.isRunning() || !this.partitions.isCurrent(taken)) throw new TakenAway();
  }
}
