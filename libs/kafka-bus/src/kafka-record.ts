import type {HeaderBag} from '@vitalvault/process';
import {BaseRpcContext} from '@nestjs/microservices';

/** One message as a handler gets it. */
export interface KafkaRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly headers: HeaderBag;
  /** W3C trace context of the sender; undefined without one. */
  readonly traceparent: string | undefined;
  /** Sender's clock; Unix milliseconds. */
  readonly timestampMs: number;
}

/**
 * Second argument of a handler: where the (last) record stands. The handler stores `nextOffset` together with its
 * effect.
 */
export class KafkaContext extends BaseRpcContext<[KafkaRecord]> {
  get record(): KafkaRecord {
    return this.args[0];
  }

  get topic(): string {
    return this.record.topic;
  }

  get partition(): number {
    return this.record.partition;
  }

  /** What is to be read after this one. */
  get nextOffset(): bigint {
    return this.record.offset + 1n;
  }
}

/** How far each partition was handled, kept by the service in the same database as the effects. */
export interface OffsetStore {
  /** Next offset to handle; undefined: none was. */
  load(topic: string, partition: number): Promise<bigint | undefined>;
}

/**
 * Transport id: `@EventPattern<string>('topic', KAFKA_BUS)`; with `{batch: true}` the handler gets KafkaRecord[]
 * instead of one.
 */
export const KAFKA_BUS = Symbol('KAFKA_BUS');
