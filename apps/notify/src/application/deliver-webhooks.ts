import {counter} from '@vitalvault/process';
import {backoffMs, restMs} from '../domain/backoff.js';
import {measureAlert} from './measure-alert.js';
import type {DeliveryQueue, DueDelivery, WebhookSender} from './ports.js';

/** Under way in this process: a receiver that answers takes a tenth of a second, so this is hundreds a second. */
const AT_ONCE = 64;
/** Of those to one host: when it hangs, seven eighths are left for all others. */
const OF_HOST = 8;
/** Added to the time of a delivery: for noting how it went. */
const LEASE_MS = 30_000;
const tries = counter('vitalvault.notify.tries');

/**
 * Webhook deliveries, each with a deadline of its own: whoever hangs holds one place, and nobody waits for it but the
 * next alert to the same webhook. A webhook has one delivery under way at a time, over all processes, and then its next
 * turn is behind the others'; what fails is tried again later, at growing intervals; the database remembers when.
 */
export class DeliverWebhooks {
  readonly #underWay = new Map<bigint, {readonly host: string; readonly ended: Promise<void>}>();

  constructor(
    private readonly options: {
      random: () => number;
      /** Time for one delivery. */
      timeoutMs: number;
      /** There is room for the next. */
      onEnded: () => void;
      /** How a delivery went could not be noted: it comes again. */
      onFailure: (error: unknown) => void;
    },
    private readonly ports: {
      queue: DeliveryQueue;
      sender: WebhookSender;
      trace: (delivery: DueDelivery, run: () => Promise<void>) => Promise<void>;
    },
  ) {}

  /** Begins what is due and has room, and waits for none. @returns how many it began */
  async execute(): Promise<number> {
    const limit = AT_ONCE - this.#underWay.size;
    if (limit === 0) return 0;
    const leaseMs = this.options.timeoutMs + LEASE_MS;
    const due = await this.ports.queue.claim({limit, ofHost: OF_HOST, underWay: this.#hosts(), leaseMs});
    for (const delivery of due) this.#begin(delivery);
    return due.length;
  }

  /** Resolves when none is under way any more. */
  async drain(): Promise<void> {
    await Promise.all([...this.#underWay.values()].map(({ended}) => ended));
  }

  #hosts(): ReadonlyMap<string, number> {
    const hosts = new Map<string, number>();
    for (const {host} of this.#underWay.values()) hosts.set(host, (hosts.get(host) ?? 0) + 1);
    return hosts;
  }

  #begin(delivery: DueDelivery): void {
    const {id, webhook} = delivery;
    const ended = this.ports
      .trace(delivery, () => this.#deliver(delivery))
      .catch(this.options.onFailure)
      .finally(() => {
        this.#underWay.delete(id);
        this.options.onEnded();
      });
    this.#underWay.set(id, {host: webhook.host, ended});
  }

  async #deliver(delivery: DueDelivery): Promise<void> {
    const {alert, attempts, webhook} = delivery;
    const outcome = await this.ports.sender.send(webhook, alert);
    const random = this.options.random();
    if (outcome === undefined) {
      tries(1, {state: 'delivered'});
      measureAlert(alert, 'delivered', Date.now());
      await this.ports.queue.delivered(delivery);
      return;
    }
    const againInMs = backoffMs(attempts, random);
    tries(1, {state: againInMs === undefined ? 'given-up' : 'failed'});
    await this.ports.queue.failed(delivery, {againInMs, restMs: restMs(webhook.failures + 1, random), outcome});
  }
}
