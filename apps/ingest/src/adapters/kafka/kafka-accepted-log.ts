import {TOPICS, encodeCanonical} from '@vitalvault/contracts';
import {RecordAcceptedSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {KafkaProducer, MessageToSend} from '@vitalvault/kafka-bus';
import type {AcceptedLog, AcceptedRecord, AcceptedSkip} from '../../application/ports.js';

/** Kafka refuses a batch of more than 1 MiB. */
const MAX_SEND_BYTES = 512 * 1_024;

/** Topic vv.records.accepted.v1, written with acks=all; the producer makes the publish span and hands the trace on. */
export class KafkaAcceptedLog implements AcceptedLog {
  constructor(private readonly producer: KafkaProducer) {}

  async append(entries: readonly (AcceptedRecord | AcceptedSkip)[]): Promise<void> {
    const messages = entries.map(({patient, acceptedAtMs, ...entry}) => ({
      key: patient,
      value: encodeCanonical(RecordAcceptedSchema, {...entry, acceptedAtMs: BigInt(acceptedAtMs)}),
    }));
    for (const part of partsOf(messages)) await this.producer.send(TOPICS.recordsAccepted, part);
  }
}

function partsOf(messages: readonly MessageToSend[]): MessageToSend[][] {
  const parts: MessageToSend[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const message of messages) {
    bytes += message.value.length;
    if (bytes > MAX_SEND_BYTES) {
      parts.push([]);
      bytes = message.value.length;
    }
    parts.at(-1)?.push(message);
  }
  return parts;
}
