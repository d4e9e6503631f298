import type {Advance, TopicPosition} from '@vitalvault/process';
import type {Batch, KafkaMessage} from 'kafkajs';
import {noRecord, otherRecord} from './judge-position.js';
import type {Judgement, KafkaPartition} from './judge-position.js';
import type {KafkaRecord} from './kafka-record.js';
import {recordHash} from './record-hash.js';
import {toRecord} from './to-record.js';

/** What of a batch is to be handled; or that the partition must be looked at anew; or why it does not go on. */
export type BatchJudgement =
  | {readonly kind: 'take'; readonly messages: readonly KafkaMessage[]}
  | {readonly kind: 'again' | 'stand'; readonly reason: string};

type ReadBatch = Pick<Batch, 'firstOffset' | 'lastOffset' | 'messages'>;

/**
 * A partition whose position was read from the database and found again in Kafka, until one of them changes; or one
 * without a position of ours, which goes on where Kafka says.
 */
export class TakenPartition {
  /** Where the next batch must begin; undefined: wherever Kafka begins. */
  #begins: bigint | undefined;
  #compares: boolean;
  #stored: TopicPosition | undefined;

  constructor(
    readonly topic: string,
    readonly partition: number,
    private readonly known?: {
      readonly stored: TopicPosition | undefined;
      readonly found: KafkaPartition;
      readonly judgement: Exclude<Judgement, {kind: 'stand'}>;
    },
  ) {
    this.#stored = known?.stored;
    this.#begins = known?.stored === undefined ? undefined : known.judgement.at;
    this.#compares = known?.judgement.kind === 'compare';
  }

  /** Offset of the next record to take; undefined: none was taken. */
  get next(): bigint | undefined {
    return this.#stored?.next;
  }

  /** True once the record before the position was seen, or none is to be seen. */
  get isSure(): boolean {
    return !this.#compares;
  }

  /**
   * A batch that begins elsewhere than asked was read from the beginning of what is there, since what was asked for is
   * not: by kafkajs itself, whose word for it is a line of its log.
   */
  judge(batch: ReadBatch): BatchJudgement {
    const first = BigInt(batch.firstOffset() ?? batch.lastOffset());
    if (this.#begins !== undefined && first !== this.#begins)
      return {kind: 'again', reason: noRecord(this.#begins, first)};
    if (!this.#compares) return {kind: 'take', messages: batch.messages};
    const [before, ...messages] = batch.messages;
    if (before === undefined || this.#stored?.last !== recordHash(toRecord(this.topic, this.partition, before)))
      return {kind: 'stand', reason: otherRecord(first + 1n)};
    this.#compares = false;
    return {kind: 'take', messages};
  }

  /** The step that an effect makes whose last record is this one. */
  advanceTo(record: KafkaRecord): Advance {
    const to = {next: record.offset + 1n, cluster: this.known?.found.cluster ?? '', last: recordHash(record)};
    return {topic: this.topic, partition: this.partition, from: this.#stored, to};
  }

  /** The effect is there. */
  made({to}: Advance): void {
    this.#stored = to;
  }

  /** All of the batch is handled; control records of Kafka's own count as handled, too. */
  passed(batch: ReadBatch): void {
    if (this.known !== undefined) this.#begins = BigInt(batch.lastOffset()) + 1n;
  }
}
