import type {Advance} from '@vitalvault/process';
import {measureAlert} from './measure-alert.js';
import type {NewAlert} from '../domain/alert.js';
import {isPushed} from '../domain/rules.js';
import type {PatientKey} from '../domain/ledger-event.js';
import type {AlertFeed} from './alert-feed.js';
import type {AlertQueue, Clock, Preferences} from './ports.js';

export interface AlertsToQueue {
  readonly alerts: readonly {readonly alert: NewAlert; readonly traceparent: string | undefined}[];
  readonly keys?: readonly PatientKey[];
  readonly advance?: Advance;
}

const DAY_MINUTES = 1_440;

/**
 * Queues alerts durably, each once (ALERT before KEY stands on this: docs/protocol.md §7), and wakes who waits for
 * them. @paper DP step 5
 */
export class QueueAlerts {
  constructor(
    private readonly options: {now: Clock},
    private readonly ports: {queue: AlertQueue; preferences: Preferences; feed: AlertFeed; deliver: () => void},
  ) {}

  /** @returns ids of the alerts that are new. @throws DomainError `database-unavailable`: then nothing was queued */
  async execute({alerts, keys, advance}: AlertsToQueue): Promise<ReadonlySet<string>> {
    const rules = await this.ports.preferences.rulesOf([...new Set(alerts.map(({alert}) => alert.patient))]);
    const minute = Math.floor(this.options.now() / 60_000) % DAY_MINUTES;
    const decided = alerts.map(({alert, traceparent}) => ({
      alert,
      traceparent,
      pushed: isPushed(rules.get(alert.patient) ?? [], alert, minute),
    }));
    const fresh = await this.ports.queue.save({
      alerts: decided,
      ...(keys === undefined ? {} : {keys}),
      ...(advance === undefined ? {} : {advance}),
    });
    for (const {alert} of decided) if (fresh.has(alert.alertId)) measureAlert(alert, 'durable', this.options.now());
    const told = decided.filter(({alert, pushed}) => pushed && fresh.has(alert.alertId));
    if (told.length > 0) {
      this.ports.feed.wake(told.map(({alert}) => alert.patient));
      this.ports.deliver();
    }
    return fresh;
  }
}
