import {Controller} from '@nestjs/common';
import {EventPattern, Payload} from '@nestjs/microservices';
import {TOPICS} from '@vitalvault/contracts';
import {KAFKA_BUS} from '@vitalvault/kafka-bus';
import {ForgetChanged} from '../../application/forget-changed.js';

@Controller()
export class LedgerEventsController {
  constructor(private readonly forget: ForgetChanged) {}

  @EventPattern<string>(TOPICS.ledgerEvents, KAFKA_BUS)
  handle(@Payload() value: Uint8Array): void {
    this.forget.execute(value);
  }
}
