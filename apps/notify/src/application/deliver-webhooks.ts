import {backoffMs} from '../domain/backoff.js';
import type {DeliveryQueue, DueDelivery, WebhookSender} from './ports.js';

const AT_ONCE = 8;
const LEASE_MS = 60_000;

/**
 * One round of webhook deliveries that are due. What fails is tried again later, at growing intervals; the database
 * remembers when.
 */
export class DeliverWebhooks {
  constructor(
    private readonly options: {random: () => number},
    private readonly ports: {
      queue: DeliveryQueue;
      sender: WebhookSender;
      trace: (delivery: DueDelivery, run: () => Promise<void>) => Promise<void>;
    },
  ) {}

  /** @returns how many were tried. */
  async execute(): Promise<number> {
    const due = await this.ports.queue.claim(AT_ONCE, LEASE_MS);
    await Promise.all(due.map((delivery) => this.ports.trace(delivery, () => this.#deliver(delivery))));
    return due.length;
  }

  async #deliver({id, alert, webhook, attempts}: DueDelivery): Promise<void> {
    const fault = await this.ports.sender.send(webhook, alert);
    if (fault === undefined) await this.ports.queue.delivered(id);
    else await this.ports.queue.failed(id, backoffMs(attempts, this.options.random()), fault);
  }
}
