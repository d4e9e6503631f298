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

export interface DueDelivery {
  readonly id: bigint;
  readonly alert: QueuedAlert;
  readonly webhook: Webhook;
  /** This one included. */
  readonly attempts: number;
  readonly traceparent: string | undefined;
}

export interface DeliveryQueue {
  /** Takes due deliveries for `leaseMs`: a process that dies gives them back when that is over. */
  claim(limit: number, leaseMs: number): Promise<DueDelivery[]>;
  delivered(id: bigint): Promise<void>;
  /** @param inMs undefined: given up */
  failed(id: bigint, inMs: number | undefined, outcome: string): Promise<void>;
}

export interface WebhookSender {
  /** @returns undefined: taken (2xx); else what went wrong, in a word or a status. Never throws. */
  send(webhook: Webhook, alert: QueuedAlert): Promise<string | undefined>;
}

/** Unix milliseconds. */
export type Clock = () => number;
