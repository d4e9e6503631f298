import {parseTraceparent} from '@vitalvault/process';
import type {KafkaMessage} from 'kafkajs';
import type {KafkaRecord} from './kafka-record.js';

/** A kafkajs message as our handlers see it. */
export function toRecord(topic: string, partition: number, message: KafkaMessage): KafkaRecord {
  const headers = message.headers ?? {};
  const trace = textOf(headers['traceparent']);
  return {
    topic,
    partition,
    headers,
    offset: BigInt(message.offset),
    key: message.key ?? new Uint8Array(),
    value: message.value ?? new Uint8Array(),
    // It is kept with the effect: what is none could be no text of a database either.
    traceparent: parseTraceparent(trace) === undefined ? undefined : trace,
    timestampMs: BigInt(message.timestamp),
  };
}

function textOf(header: unknown): string | undefined {
  if (header instanceof Uint8Array) return Buffer.from(header).toString('utf8');
  return typeof header === 'string' ? header : undefined;
}
