import {TOPICS, encodeCanonical} from '@vitalvault/contracts';
import {RecordAcceptedSchema} from '@vitalvault/contracts/gen/events/v1/events';
import type {KafkaProducer} from '@vitalvault/kafka-bus';
import type {AcceptedLog, AcceptedRecord} from '../../application/ports.js';

/** Topic vv.records.accepted.v1, written with acks=all; the producer makes the publish span and hands the trace on. */
export class KafkaAcceptedLog implements AcceptedLog {
  constructor(private readonly producer: KafkaProducer) {}

  async append(records: readonly AcceptedRecord[]): Promise<void> {
    await this.producer.send(TOPICS.recordsAccepted, records.map(({patient, record, receipt, acceptedAtMs}) => ({
      key: patient,
      value: encodeCanonical(RecordAcceptedSchema, {record, receipt, acceptedAtMs: BigInt(acceptedAtMs)}),
    })));
  }
}
