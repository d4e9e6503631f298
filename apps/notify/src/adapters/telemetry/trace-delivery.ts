import {contextOf, withSpan} from '@vitalvault/process';
import type {DueDelivery} from '../../application/ports.js';

/** A delivery belongs to the trace of the access that it tells of. */
export const traceDelivery = (delivery: DueDelivery, run: () => Promise<void>): Promise<void> =>
  withSpan(
    'notify.deliver_webhook',
    {kind: 'client', parent: contextOf(delivery.traceparent), attributes: {'vitalvault.attempt': delivery.attempts}},
    run,
  );
