import {create} from '@bufbuild/protobuf';
import {TOPICS, toHex} from '@vitalvault/contracts';
import type {Alert} from '@vitalvault/contracts/gen/events/v1/events';
import {QueueAlertRequestSchema} from '@vitalvault/contracts/gen/notify/v1/notify';
import {KafkaContext} from '@vitalvault/kafka-bus';
import type {KafkaRecord} from '@vitalvault/kafka-bus';
import {OffsetStore, OutboxStore} from '@vitalvault/postgres';
import {madeStep} from '@vitalvault/process/testing';
import {openDatabase} from '../../apps/notify/src/adapters/prisma/database.js';
import {PrismaAlertQueue} from '../../apps/notify/src/adapters/prisma/prisma-alert-queue.js';
import {PrismaPreferences} from '../../apps/notify/src/adapters/prisma/prisma-preferences.js';
import {NotifyGrpcController} from '../../apps/notify/src/api/grpc/notify-grpc.controller.js';
import {AlertEventsController} from '../../apps/notify/src/api/kafka/alert-events.controller.js';
import {AlertFeed} from '../../apps/notify/src/application/alert-feed.js';
import {QueueAlerts} from '../../apps/notify/src/application/queue-alerts.js';
import type {QueuedAlert} from '../../apps/notify/src/domain/alert.js';

const BATCH = 250;

/** notify's consumer over its real tables, fed with what stands in the outboxes of the others. */
export class FollowedNotify {
  readonly database: ReturnType<typeof openDatabase>;
  readonly offsets: OffsetStore;
  readonly #controller: AlertEventsController;
  readonly #grpc: NotifyGrpcController;
  readonly #next = new Map<string, bigint>();

  constructor(databaseUrl: string) {
    this.database = openDatabase({databaseUrl});
    this.offsets = new OffsetStore(this.database);
    const queue = new QueueAlerts(
      {now: () => 0},
      {
        queue: new PrismaAlertQueue(this.database),
        preferences: new PrismaPreferences(this.database),
        feed: new AlertFeed({followers: 1, followersOfPatient: 1}),
        deliver: () => undefined,
      },
    );
    this.#controller = new AlertEventsController(queue);
    this.#grpc = new NotifyGrpcController(queue);
  }

  /** As policy tells an alert, and waits for the answer. */
  queueAlert(alert: Alert): Promise<unknown> {
    return this.#grpc.queueAlert(create(QueueAlertRequestSchema, {alert}));
  }

  /** What a patient is told, oldest first. */
  alertsOf(patient: Uint8Array): Promise<QueuedAlert[]> {
    return new PrismaAlertQueue(this.database).page({
      patient: toHex(patient),
      after: 0n,
      limit: 1_000,
      pushedOnly: false,
    });
  }

  /** Takes all that waits in an outbox. */
  async takeFrom(database: ConstructorParameters<typeof OutboxStore>[0]): Promise<void> {
    const outbox = new OutboxStore(database);
    for (;;) {
      const messages = await outbox.take(BATCH);
      if (messages.length === 0) return;
      for (const topic of new Set(messages.map((message) => message.topic))) {
        const values = messages.filter((message) => message.topic === topic).map(({value}) => value);
        await this.take(topic, values);
      }
      await outbox.sent(messages.map(({id}) => id));
    }
  }

  /** A batch of one partition; its place is kept only when all of it took effect. */
  async take(topic: string, values: readonly Uint8Array[]): Promise<void> {
    const first = this.#next.get(topic) ?? 0n;
    const records = values.map((value, n) => recordOf(topic, first + BigInt(n), value));
    const context = new KafkaContext([
      records.at(-1) as KafkaRecord,
      madeStep(this.#next.get(topic), first + BigInt(values.length), {topic}),
    ]);
    if (topic === TOPICS.ledgerEvents) await this.#controller.ledgerEvents(records, context);
    else await this.#controller.alerts(records, context);
    this.#next.set(topic, first + BigInt(values.length));
  }
}

const recordOf = (topic: string, offset: bigint, value: Uint8Array): KafkaRecord => ({
  topic,
  partition: 0,
  offset,
  key: new Uint8Array(20),
  value,
  headers: {},
  traceparent: undefined,
  timestampMs: 0n,
});
