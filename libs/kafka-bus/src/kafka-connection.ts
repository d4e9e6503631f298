import type {Logger} from '@vitalvault/process';
import {Kafka, logLevel} from 'kafkajs';
import type {SASLOptions} from 'kafkajs';
import {quietIdleQueues} from './idle-request-queue.js';
import type {KafkaAccess} from './kafka-access.js';

export interface KafkaOptions extends KafkaAccess {
  readonly clientId: string;
  readonly logger: Logger;
}

const CONNECT_MS = 1_500;
const REQUEST_MS = 4_000;

/**
 * A kafkajs client with our time-outs; its own chatter goes to debug, because every hiccup of a broker makes dozens of
 * lines.
 */
export function connectKafka(options: KafkaOptions): Kafka {
  quietIdleQueues();
  return new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    ...(options.tls === undefined ? {} : {ssl: {...options.tls, rejectUnauthorized: true}}),
    ...(options.sasl === undefined ? {} : {sasl: {...options.sasl} as SASLOptions}),
    connectionTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    enforceRequestTimeout: true,
    retry: {retries: 3, initialRetryTime: 100, maxRetryTime: 800},
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({log}) => {
        options.logger.debug(`kafkajs: ${log.message}`);
      },
  });
}
