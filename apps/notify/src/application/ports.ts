import type {Advance} from '@vitalvault/process';
import type {NewAlert, QueuedAlert} from '../domain/alert.js';
import type {PatientKey} from '../domain/ledger-event.js';
import type {Rule} from '../domain/rules.js';

/** An alert on its way into the queue, with what was decided about it. */
export interface AlertToQueue {
  readonly alert: NewAlert;
  /** False: kept in the list only. */
  readonly pushed: boolean;
  /** Span that its delivery continues. */
  readonly traceparent: string | undefined;
}

export interface Effects {
  readonly alerts: readonly AlertToQueue[];
  readonly keys?: readonly PatientKey[];
  /** Step of the consumer that brought them; undefined: nobody did. */
  readonly advance?: Advance;
}

export interface AlertQueue {
  /**
   * All of it in one transaction: alerts that are new get their number and a delivery for each webhook, keys and
   * position move. Durable when it resolves; nothing of it where another position is stored than the one it continues.
   * @returns ids of the new ones. @throws DomainError `database-unavailable`; PositionMoved
   */
  save(effects: Effects): Promise<ReadonlySet<string>>;
  /** Alerts after `after`, ascending. */
  page(query: {patient: string; after: bigint; limit: number; pushedOnly: boolean}): Promise<QueuedAlert[]>;
  /** False: she has no such alert. */
  acknowledge(patient: string, alertId: string): Promise<boolean>;
}

/** What brings alerts and events of the ledger. */
export interface Follower {
  /**
   * For an answer that needs what it has not taken.
   * @throws DomainError follower-stopped when it stands at a message that it cannot take
   */
  mustGoOn(): void;
}

export interface Webhook {
  readonly url: string;
  readonly secret: string;
}

/** How each patient wants to be told. */
export interface Preferences {
  rules(patient: string): Promise<readonly Rule[]>;
  rulesOf(patients: readonly string[]): Promise<ReadonlyMap<string, readonly Rule[]>>;
  putRules(patient: string, rules: readonly Rule[]): Promise<void>;
  webhooks(patient: string): Promise<readonly Webhook[]>;
  /** A webhook that stays keeps its waiting deliveries. */
  putWebhooks(patient: string, webhooks: readonly Webhook[]): Promise<void>;
}

/** A webhook as its deliveries know it. */
export interface DueWebhook extends Webhook {
  readonly id: bigint;
  /** Name or address with port, as the URL has it. */
  readonly host: string;
  /** Deliveries in a row that failed before this one. */
  readonly failures: number;
}

export interface DueDelivery {
  readonly id: bigint;
  readonly alert: QueuedAlert;
  readonly webhook: DueWebhook;
  /** This one included. */
  readonly attempts: number;
  readonly traceparent: string | undefined;
}

/** What may be begun beside what is under way here. */
export interface RoomForDeliveries {
  readonly limit: number;
  /** Most deliveries to one host, those under way included. */
  readonly ofHost: number;
  /** How many are under way to each host. */
  readonly underWay: ReadonlyMap<string, number>;
  /** Of a process that dies; then they are given to another. */
  readonly leaseMs: number;
}

export interface DeliveryQueue {
  /** Takes due deliveries, one of a webhook, in the order of the webhooks' turns; nobody else takes their webhooks. */
  claim(room: RoomForDeliveries): Promise<DueDelivery[]>;
  /** The webhook's next turn comes behind those that wait. */
  delivered(delivery: DueDelivery): Promise<void>;
  /** @param failure.againInMs undefined: given up @param failure.restMs so long the webhook has no turn */
  failed(
    delivery: DueDelivery,
    failure: {againInMs: number | undefined; restMs: number; outcome: string},
  ): Promise<void>;
}

export interface WebhookSender {
  /** @returns undefined: taken (2xx); else what went wrong, in a word or a status. Never throws. */
  send(webhook: Webhook, alert: QueuedAlert): Promise<string | undefined>;
}

/** Unix milliseconds. */
export type Clock = () => number;
