import {Controller} from '@nestjs/common';
import {Ctx, EventPattern, Payload} from '@nestjs/microservices';
import {JunkMessage, NewerMessage, TOPICS, decodeMessage} from '@vitalvault/contracts';
import {AlertSchema, LedgerEventSchema} from '@vitalvault/contracts/gen/events/v1/events';
import {DomainError} from '@vitalvault/errors';
import {KAFKA_BUS, KafkaContext} from '@vitalvault/kafka-bus';
import type {KafkaRecord} from '@vitalvault/kafka-bus';
import {QueueAlerts} from '../../application/queue-alerts.js';
import {readAlert} from '../../domain/alert.js';
import type {NewAlert} from '../../domain/alert.js';
import {effectsOf} from '../../domain/ledger-event.js';
import {withAlertSpans} from '../alert-span.js';
import type {ToldAlert} from '../alert-span.js';

@Controller()
export class AlertEventsController {
  constructor(private readonly queue: QueueAlerts) {}

  /** What other services tell. */
  @EventPattern<string>(TOPICS.alerts, KAFKA_BUS, {batch: true})
  async alerts(@Payload() records: readonly KafkaRecord[], @Ctx() context: KafkaContext): Promise<void> {
    const told = records.map((record) => ({alert: alertOf(record), cause: record.traceparent}));
    await withAlertSpans(told, (alerts) => this.queue.execute({alerts, advance: context.advance}));
  }

  /** What the ledger says: one event per leaf of an access log. */
  @EventPattern<string>(TOPICS.ledgerEvents, KAFKA_BUS, {batch: true})
  async ledgerEvents(@Payload() records: readonly KafkaRecord[], @Ctx() context: KafkaContext): Promise<void> {
    const effects = records.map((record) => ({
      cause: record.traceparent,
      ...effectsOf(decodeMessage(LedgerEventSchema, record.value)),
    }));
    const told = effects.flatMap(({alert, cause}): ToldAlert[] => (alert === undefined ? [] : [{alert, cause}]));
    const keys = effects.flatMap(({key}) => (key === undefined ? [] : [key]));
    await withAlertSpans(told, (alerts) => this.queue.execute({alerts, keys, advance: context.advance}));
  }
}

function alertOf(record: KafkaRecord): NewAlert {
  const alert = readAlert(decodeMessage(AlertSchema, record.value));
  if (!(alert instanceof DomainError)) return alert;
  const {code, detail = code} = alert;
  throw code === 'wrong-version' ? new NewerMessage(detail) : new JunkMessage(detail);
}
