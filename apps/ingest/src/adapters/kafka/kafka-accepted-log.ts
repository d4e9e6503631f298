import {TOPICS, encodeCanonical} from '@vitalvault/contracts';
import {RecordAcceptedSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {KafkaProducer, Place} from '@vitalvault/kafka-bus';
import type {AcceptedLog, AcceptedRecord, AcceptedSkip} from '../../application/ports.js';

/** Topic vv.records.accepted.v1, written with acks=all; the producer makes the publish span and hands the trace on. */
export class KafkaAcceptedLog implements AcceptedLog {
  constructor(private readonly producer: KafkaProducer) {}

  reserve(entries: number, bytes: number): Place {
    return this.producer.reserve(entries, bytes);
  }

  async append(entries: readonly (AcceptedRecord | AcceptedSkip)[], place: Place): Promise<void> {
    const messages = entries.map(({patient, acceptedAtMs, ...entry}) => ({
      key: patient,
      value: encodeCanonical(RecordAcceptedSchema, {...entry, acceptedAtMs: BigInt(acceptedAtMs)}),
    }));
    await this.producer.send(TOPICS.recordsAccepted, messages, place);
  }
}
