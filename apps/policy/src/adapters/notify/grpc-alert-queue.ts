import type {Alert} from '@vitalvault/contracts/gen/events/v1/events';
import type {NotifyService} from '@vitalvault/contracts/gen/notify/v1/notify';
import type {GrpcClient} from '@vitalvault/grpc';
import type {AlertQueue} from '../../application/ports.js';

/** notify over gRPC: it answers when the alert is durable. */
export class GrpcAlertQueue implements AlertQueue {
  constructor(private readonly notify: GrpcClient<typeof NotifyService>) {}

  async queue(alert: Alert): Promise<void> {
    await this.notify.queueAlert({alert});
  }
}
