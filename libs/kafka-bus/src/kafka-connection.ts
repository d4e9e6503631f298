import type {Logger} from '@vitalvault/nest-service/process';
import {Kafka, logLevel} from 'kafkajs';
import {quietIdleQueues} from './idle-request-queue.js';

export interface KafkaOptions {
  /** host:port */
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly logger: Logger;
}

const CONNECT_MS = 1_500;
const REQUEST_MS = 4_000;

/** A kafkajs client with our time-outs; its own chatter goes to debug, because every hiccup of a broker makes dozens of lines. */
export function connectKafka(options: KafkaOptions): Kafka {
  quietIdleQueues();
  return new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: CONNECT_MS,
    requestTimeout: REQUEST_MS,
    enforceRequestTimeout: true,
    retry: {retries: 3, initialRetryTime: 100, maxRetryTime: 800},
    logLevel: logLevel.WARN,
    logCreator: () => ({log}) => {
      options.logger.debug(`kafkajs: ${log.message}`);
    },
  });
}
