import {createHash} from 'node:crypto';
import type {KafkaRecord} from './kafka-record.js';

/** SHA-256, hex, over what Kafka keeps unchanged of a record: its time, the length of its key, key and value. */
export function recordHash({key, timestampMs, value}: Pick<KafkaRecord, 'key' | 'timestampMs' | 'value'>): string {
  const head = Buffer.alloc(12);
  head.writeBigInt64BE(timestampMs);
  head.writeUInt32BE(key.length, 8);
  return createHash('sha256').update(head).update(key).update(value).digest('hex');
}
