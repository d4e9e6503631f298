import type {KafkaMessage} from 'kafkajs';
import type {KafkaRecord} from './kafka-record.js';

/** A kafkajs message as our handlers see it. */
export function toRecord(topic: string, partition: number, message: KafkaMessage): KafkaRecord {
  const headers = message.headers ?? {};
  const trace = headers['traceparent'];
  return {
    topic,
    partition,
    headers,
    offset: BigInt(message.offset),
    key: message.key ?? new Uint8Array(),
    value: message.value ?? new Uint8Array(),
    traceparent:
      trace instanceof Uint8Array ? Buffer.from(trace).toString('utf8') : typeof trace === 'string' ? trace : undefined,
    timestampMs: Number(message.timestamp),
  };
}
