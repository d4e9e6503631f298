import {Controller, Inject} from '@nestjs/common';
import {Ctx, EventPattern, Payload} from '@nestjs/microservices';
import {TOPICS} from '@vitalvault/contracts';
import {KAFKA_BUS, KafkaContext} from '@vitalvault/kafka-bus';
import type {KafkaRecord} from '@vitalvault/kafka-bus';
import {AcceptRecords} from '../../application/accept-records.js';

/** vv.records.accepted.v1 → the record table. */
@Controller()
export class AcceptedRecordsController {
  constructor(@Inject(AcceptRecords) private readonly accept: AcceptRecords) {}

  @EventPattern<string>(TOPICS.recordsAccepted, KAFKA_BUS, {batch: true})
  async take(@Payload() records: readonly KafkaRecord[], @Ctx() context: KafkaContext): Promise<void> {
    await this.accept.execute(
      records.map(({value, traceparent}) => ({value, traceparent})),
      context.advance,
    );
  }
}
