import type {Advance, HeaderBag} from '@vitalvault/process';
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
  /** Sender's clock; Unix milliseconds, any of 64 bits. */
  readonly timestampMs: bigint;
}

/** Second argument of a handler: the (last) record, and the step that is stored together with its effect. */
export class KafkaContext extends BaseRpcContext<[KafkaRecord, Advance]> {
  get record(): KafkaRecord {
    return this.args[0];
  }

  get advance(): Advance {
    return this.args[1];
  }
}

/**
 * Transport id: `@EventPattern<string>('topic', KAFKA_BUS)`; with `{batch: true}` the handler gets KafkaRecord[]
 * instead of one.
 */
export const KAFKA_BUS = Symbol('KAFKA_BUS');
