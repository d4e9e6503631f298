import {TOPICS} from '@vitalvault/contracts';
import {NotifyService} from '@vitalvault/contracts/gen/notify/v1/notify';
import {grpcOptions} from '@vitalvault/grpc';
import {KEY_RESOLVER, NONCE_MEMORY, ORGANISATION, provide} from '@vitalvault/http';
import type {Composition, ServiceHost} from '@vitalvault/http';
import {KafkaServer, TopicsAtHand, kafkaAccess} from '@vitalvault/kafka-bus';
import {DeadLetterStore, NonceStore, OffsetStore, RowPruning, databaseSize, watchDatabase} from '@vitalvault/postgres';
import {BackgroundWork, Standstill} from '@vitalvault/process';
import {openDatabase} from './adapters/prisma/database.js';
import {PrismaAlertQueue} from './adapters/prisma/prisma-alert-queue.js';
import {PrismaDeliveryQueue} from './adapters/prisma/prisma-delivery-queue.js';
import {PrismaKeyResolver} from './adapters/prisma/prisma-key-resolver.js';
import {watchDeliveries} from './adapters/prisma/watch-deliveries.js';
import {PrismaPreferences} from './adapters/prisma/prisma-preferences.js';
import {traceDelivery} from './adapters/telemetry/trace-delivery.js';
import {HttpWebhookSender} from './adapters/webhook/http-webhook-sender.js';
import {resolveNames} from './adapters/webhook/resolve-names.js';
import {faultOfTarget} from './adapters/webhook/webhook-target.js';
import {toAlertJson} from './api/http/alert.dto.js';
import {EventStreams} from './api/http/event-streams.js';
import {recordIdOf} from './api/kafka/record-id-of.js';
import {AlertFeed} from './application/alert-feed.js';
import {DeliverWebhooks} from './application/deliver-webhooks.js';
import {DeliveryLoop} from './application/delivery-loop.js';
import {FollowAlerts} from './application/follow-alerts.js';
import {QueueAlerts} from './application/queue-alerts.js';
import type {NotifyConfig} from './config.js';
import {ALERT_QUEUE, FOLLOWER, PREFERENCES, TARGET_FAULT} from './notify.tokens.js';

/** So long a delivery that has become due waits when nothing pokes; the first pause after a failure is longer. */
const DELIVERY_IDLE_MS = 1_000;
/** A name may take this part of a delivery's time: the rest is the receiver's. */
const NAME_SHARE = 3;
/** A reader of an event stream who takes nothing for so long has gone; she comes back with Last-Event-ID. */
const UNREAD_MS = 10_000;

/** Which adapter stands behind which port, and what wakes what. */
export function compose(config: NotifyConfig, host: ServiceHost<NotifyConfig>): Composition {
  const {clientId, fail: onStalled, logger, opened} = host;
  const database = opened.add(openDatabase(config), (it) => it.$disconnect());
  watchDatabase(database);
  watchDeliveries(database);
  const kafka = {...kafkaAccess(config), clientId, logger};
  const topics = new TopicsAtHand({...kafka, topics: [{topic: TOPICS.alerts}, {topic: TOPICS.ledgerEvents}]});
  const offsets = new OffsetStore(database);
  const consumer = new Standstill({part: 'kafka-consumer', logger});
  const deadLetters = new DeadLetterStore(database);
  const taking = {groupId: 'vv-notify', standstill: consumer, offsets, deadLetters, recordIdOf};
  const bus = new KafkaServer({...kafka, ...taking, onStalled});
  const nonces = new NonceStore(database);
  const queue = new PrismaAlertQueue(database);
  const preferences = new PrismaPreferences(database);
  const target = {allowLoopback: config.webhookAllowLoopback};

  const timeoutMs = config.webhookTimeoutMs;
  const resolve = resolveNames({timeoutMs: timeoutMs / NAME_SHARE});
  const sender = new HttpWebhookSender({...target, timeoutMs, render: toAlertJson, resolve});
  const deliveryQueue = new PrismaDeliveryQueue(database);
  const delivering = new BackgroundWork();
  const onFailure = (error: unknown): void => {
    delivering.failed(error);
    logger.warn('deliveries wait', {error});
  };
  const deliver = new DeliverWebhooks(
    {random: Math.random, timeoutMs, onEnded: () => deliveries.poke(), onFailure},
    {queue: deliveryQueue, sender, trace: traceDelivery},
  );
  const deliveries: DeliveryLoop = new DeliveryLoop(
    {idleMs: DELIVERY_IDLE_MS, onFailure, onDone: () => delivering.done()},
    {deliver},
  );
  const feed = new AlertFeed({followers: config.eventStreams, followersOfPatient: config.eventStreamsOfPatient});
  const queueAlerts = new QueueAlerts(
    {now: () => Date.now()},
    {queue, preferences, feed, deliver: () => deliveries.poke()},
  );
  const streams = new EventStreams({drainMs: UNREAD_MS, logger});

  return {
    providers: [
      provide(ORGANISATION, config.organisation),
      provide(KEY_RESOLVER, new PrismaKeyResolver(database, consumer)),
      provide(NONCE_MEMORY, nonces),
      provide(ALERT_QUEUE, queue),
      provide(FOLLOWER, consumer),
      provide(PREFERENCES, preferences),
      provide(TARGET_FAULT, (url) => faultOfTarget(url, target)),
      provide(QueueAlerts, queueAlerts),
      provide(FollowAlerts, new FollowAlerts({keepAliveMs: config.keepAliveMs}, {queue, feed})),
      provide(EventStreams, streams),
    ],
    transports: [
      grpcOptions({services: [NotifyService], url: `${config.host}:${String(config.grpcPort)}`}),
      {strategy: bus},
    ],
    background: [topics, new RowPruning([nonces, deliveryQueue], logger), deliveries],
    checks: [
      // Alerts of policy are queued, and hers read, without it.
      {name: 'kafka', check: () => topics.reason() ?? bus.reason(), needed: 'at-start'},
      {name: 'database', check: async () => database.$queryRaw`SELECT 1`, needed: true},
      // All other messages are taken.
      {name: 'dead-letters', check: () => bus.setAside(), needed: false},
      {name: 'database-size', check: () => databaseSize(database, config), needed: false},
      {name: 'deliveries', check: () => delivering.trouble, needed: false},
    ],
    followers: [consumer],
    drained: () => streams.closeAll(),
  };
}
