import {Controller} from '@nestjs/common';
import {GrpcMethod} from '@nestjs/microservices';
import type {QueueAlertRequest} from '@vitalvault/contracts/gen/notify/v1/notify';
import {DomainError} from '@vitalvault/errors';
import {QueueAlerts} from '../../application/queue-alerts.js';
import {readAlert} from '../../domain/alert.js';
import {withAlertSpans} from '../alert-span.js';

@Controller()
export class NotifyGrpcController {
  constructor(private readonly queue: QueueAlerts) {}

  /** Answers only when the alert is durable: policy opens no seal before (docs/protocol.md §7). */
  @GrpcMethod('NotifyService', 'QueueAlert')
  async queueAlert(request: QueueAlertRequest): Promise<{fresh: boolean}> {
    const alert =
      request.alert === undefined
        ? new DomainError('invalid-field', {detail: 'alert: missing'})
        : readAlert(request.alert);
    if (alert instanceof DomainError) throw alert;
    const fresh = await withAlertSpans([{alert, cause: undefined}], (alerts) => this.queue.execute({alerts}));
    return {fresh: fresh.has(alert.alertId)};
  }
}
