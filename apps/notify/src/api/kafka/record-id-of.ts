import {fromBinary} from '@bufbuild/protobuf';
import {TOPICS, toHex} from '@vitalvault/contracts';
import {AlertSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {KafkaRecord} from '@vitalvault/kafka-bus';

const RECORD_ID_BYTES = 32;

/**
 * Id of the record that an alert is about, hexadecimal, where it is about one: subjects of that length are ids of
 * records or of transactions, which nobody asks for here. Undefined: there is none. @throws for bytes that are no alert
 */
export function recordIdOf({topic, value}: Pick<KafkaRecord, 'topic' | 'value'>): string | undefined {
  if (topic !== TOPICS.alerts) return undefined;
  const {subject} = fromBinary(AlertSchema, value);
  return subject.length === RECORD_ID_BYTES ? toHex(subject) : undefined;
}
