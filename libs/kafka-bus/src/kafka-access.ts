import {readCertificates, readSecret, watchedTls} from '@vitalvault/process';
import type {WatchedTls} from '@vitalvault/process';

/** Settings of the same names (`kafkaConfig`). */
export interface KafkaAccessSettings {
  readonly kafkaBrokers: readonly string[];
  readonly kafkaTls?: boolean | undefined;
  readonly kafkaCaFile?: string | undefined;
  readonly kafkaSaslMechanism?: KafkaSasl['mechanism'] | undefined;
  readonly kafkaUsername?: string | undefined;
  readonly kafkaPasswordFile?: string | undefined;
}

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** How the brokers are reached. Holds the password: never to be logged. */
export interface KafkaAccess {
  /** host:port */
  readonly brokers: readonly string[];
  /** Certificates and host names are checked, against Node's own authorities unless `ca` (PEM) is given. */
  readonly tls?: WatchedTls;
  readonly sasl?: KafkaSasl;
}

/** Reads what the settings name. @throws ConfigError when a file cannot be used */
export function kafkaAccess(settings: KafkaAccessSettings): KafkaAccess {
  const {kafkaBrokers, kafkaTls, kafkaCaFile, kafkaSaslMechanism, kafkaUsername, kafkaPasswordFile} = settings;
  const whole = kafkaSaslMechanism !== undefined && kafkaUsername !== undefined && kafkaPasswordFile !== undefined;
  return {
    brokers: kafkaBrokers,
    ...(kafkaTls === true
      ? {tls: watchedTls('kafka', kafkaCaFile === undefined ? undefined : readCertificates('kafkaCaFile', kafkaCaFile))}
      : {}),
    ...(whole
      ? {
          sasl: {
            mechanism: kafkaSaslMechanism,
            username: kafkaUsername,
            password: readSecret('kafkaPasswordFile', kafkaPasswordFile),
          },
        }
      : {}),
  };
}
