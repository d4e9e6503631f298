import {Module} from '@nestjs/common';
import type {DynamicModule, OnApplicationShutdown, OnModuleDestroy, Provider, Type} from '@nestjs/common';
import {KafkaProducer} from '@vitalvault/kafka-bus';
import {KEY_RESOLVER, LOGGER, NONCE_MEMORY, ORGANISATION, openApiController} from '@vitalvault/http';
import {contextOf, injectHeaders, withSpan} from '@vitalvault/process';
import type {Logger} from '@vitalvault/process';
import type {Database} from './adapters/prisma/database.js';
import {PrismaAlertQueue} from './adapters/prisma/prisma-alert-queue.js';
import {PrismaDeliveryQueue} from './adapters/prisma/prisma-delivery-queue.js';
import {PrismaKeyResolver} from './adapters/prisma/prisma-key-resolver.js';
import {NonceStore} from '@vitalvault/postgres';
import {PrismaPreferences} from './adapters/prisma/prisma-preferences.js';
import {HttpWebhookSender} from './adapters/webhook/http-webhook-sender.js';
import {faultOfTarget} from './adapters/webhook/webhook-target.js';
import {NotifyController} from './api/grpc/notify.controller.js';
import {toAlertJson} from './api/http/alert.dto.js';
import {EventStreams} from './api/http/event-streams.js';
import {httpControllers, notifyDocument} from './api/http/notify-document.js';
import {AlertEventsController} from './api/kafka/alert-events.controller.js';
import {AlertFeed} from './application/alert-feed.js';
import {DeliverWebhooks} from './application/deliver-webhooks.js';
import {DeliveryLoop} from './application/delivery-loop.js';
import {FollowAlerts} from './application/follow-alerts.js';
import type {AlertQueue, DueDelivery, Preferences} from './application/ports.js';
import {QueueAlerts} from './application/queue-alerts.js';
import type {NotifyConfig} from './config.js';
import {ALERT_QUEUE, PREFERENCES, TARGET_FAULT} from './notify.tokens.js';

export interface NotifyParts {
  readonly config: NotifyConfig;
  readonly database: Database;
  readonly producer: KafkaProducer;
}

const DELIVERY_IDLE_MS = 1_000;
const DRAIN_MS = 10_000;

/** The composition root: which adapter stands behind which port. */
@Module({})
export class NotifyModule implements OnModuleDestroy, OnApplicationShutdown {
  constructor(
    private readonly streams: EventStreams,
    private readonly loop: DeliveryLoop,
    private readonly producer: KafkaProducer,
  ) {}

  static readonly controllers: readonly Type[] = [
    ...httpControllers,
    openApiController(notifyDocument),
    NotifyController,
    AlertEventsController,
  ];

  static with(parts: NotifyParts): DynamicModule {
    return {
      module: NotifyModule,
      controllers: [...NotifyModule.controllers],
      providers: [...adapters(parts), ...useCases(parts.config)],
    };
  }

  /** Before the server closes: it would wait for the open streams. */
  onModuleDestroy(): void {
    this.streams.closeAll();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.loop.stop();
    await this.producer.close();
  }
}

function adapters({config, database, producer}: NotifyParts): Provider[] {
  const target = {allowLoopback: config.webhookAllowLoopback};
  return [
    {provide: KafkaProducer, useValue: producer},
    {provide: ORGANISATION, useValue: config.organisation},
    {provide: ALERT_QUEUE, useFactory: () => new PrismaAlertQueue(database)},
    {provide: PREFERENCES, useFactory: () => new PrismaPreferences(database)},
    {provide: PrismaDeliveryQueue, useFactory: () => new PrismaDeliveryQueue(database)},
    {provide: KEY_RESOLVER, useFactory: () => new PrismaKeyResolver(database)},
    {provide: NONCE_MEMORY, useFactory: () => new NonceStore(database)},
    {provide: TARGET_FAULT, useValue: (url: string) => faultOfTarget(url, target)},
    {
      provide: HttpWebhookSender,
      useFactory: () =>
        new HttpWebhookSender({
          ...target,
          timeoutMs: config.webhookTimeoutMs,
          render: toAlertJson,
          traceHeaders: () => ({...injectHeaders()}),
        }),
    },
  ];
}

function useCases(config: NotifyConfig): Provider[] {
  return [
    {
      provide: AlertFeed,
      useFactory: () =>
        new AlertFeed({followers: config.eventStreams, followersOfPatient: config.eventStreamsOfPatient}),
    },
    {
      provide: EventStreams,
      inject: [LOGGER],
      useFactory: (logger: Logger) => new EventStreams({drainMs: DRAIN_MS, logger}),
    },
    {
      provide: FollowAlerts,
      inject: [ALERT_QUEUE, AlertFeed],
      useFactory: (queue: AlertQueue, feed: AlertFeed) =>
        new FollowAlerts({keepAliveMs: config.keepAliveMs}, {queue, feed}),
    },
    {
      provide: DeliverWebhooks,
      inject: [PrismaDeliveryQueue, HttpWebhookSender],
      useFactory: (queue: PrismaDeliveryQueue, sender: HttpWebhookSender) =>
        new DeliverWebhooks({random: Math.random}, {queue, sender, trace}),
    },
    {
      provide: DeliveryLoop,
      inject: [DeliverWebhooks, LOGGER],
      useFactory: (deliver: DeliverWebhooks, logger: Logger) =>
        new DeliveryLoop(
          {
            idleMs: DELIVERY_IDLE_MS,
            onFailure: (error) => {
              logger.warn('deliveries wait', {error});
            },
          },
          {deliver},
        ),
    },
    {
      provide: QueueAlerts,
      inject: [ALERT_QUEUE, PREFERENCES, AlertFeed, DeliveryLoop],
      useFactory: (queue: AlertQueue, preferences: Preferences, feed: AlertFeed, loop: DeliveryLoop) =>
        new QueueAlerts(
          {now: () => Date.now()},
          {
            queue,
            preferences,
            feed,
            deliver: () => {
              loop.poke();
            },
          },
        ),
    },
  ];
}

// A delivery belongs to the trace of the access that it tells of.
const trace = (delivery: DueDelivery, run: () => Promise<void>): Promise<void> =>
  withSpan(
    'deliver webhook',
    {kind: 'client', parent: contextOf(delivery.traceparent), attributes: {'vv.attempt': delivery.attempts}},
    run,
  );
