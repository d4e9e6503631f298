import {z} from 'zod';
import {LOG_LEVELS} from '../logging/log-level.js';

const port = z.coerce.number().int().min(1).max(65_535);
// Of more than 2^31 - 1 ms Node makes 1 ms; a day is more than anything here needs.
const milliseconds = z.coerce.number().int().min(0).max(86_400_000);
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== ''),
);

const httpUrl = z.url({protocol: /^https?$/});
const isHttpUrl = (text: string): boolean => httpUrl.safeParse(text).success;
const isAddress = (text: string): boolean =>
  z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()]).safeParse(text).success;
const hasPort = (text: string): boolean => port.safeParse(text.slice(text.lastIndexOf(':') + 1)).success;

/** Field types of settings, for the schemas of the services. */
export const setting = {
  port,
  /** Of a wait or a time-out: at most a day. */
  milliseconds,
  /** Comma-separated, at least one. */
  list: list.refine((items) => items.length > 0, 'empty list'),
  /** http or https. */
  url: httpUrl,
  urls: list.refine((items) => items.length > 0 && items.every(isHttpUrl), 'not a list of URLs, http or https'),
  /** 20 bytes in lower-case hexadecimal. */
  identity: z.string().regex(/^[0-9a-f]{40}$/),
  file: z.string().min(1),
  hostPort: z
    .string()
    .regex(/^[^\s:/]+:\d{1,5}$/)
    .refine(hasPort, 'no port of 1 to 65535'),
  flag: z.enum(['true', 'false']).transform((text) => text === 'true'),
} as const;

/**
 * Settings that several services share; a service takes those it needs with `pick`. No default for what identifies or
 * is trusted.
 */
export const commonConfig = {
  host: z.string().default('127.0.0.1').describe('Address to listen on.'),
  httpPort: port.describe('Port of the HTTP API.'),
  managementHost: z
    .string()
    .default('127.0.0.1')
    .describe('Address of the management port. Nobody but what runs the process needs to reach it.'),
  managementPort: port
    .optional()
    .describe('Port of /livez, /startz, /readyz and /metrics. Absent: neither health nor metrics are told.'),
  grpcPort: port.describe('Port of the gRPC API.'),
  chainId: z.string().min(1).max(50).describe('Chain id of the ledger.'),
  genesisFile: setting.file.describe('CometBFT genesis: the only trust anchor.'),
  organisation: setting.identity.describe('Organisation that runs this stack; hexadecimal id.'),
  ledgerRpc: setting.urls.describe('CometBFT RPC URLs, comma-separated; the first is the own validator.'),
  kafkaBrokers: setting.list.describe('host:port, comma-separated.'),
  kafkaTls: setting.flag
    .prefault('false')
    .describe('Whether the brokers are spoken to over TLS; their certificates and names are always checked.'),
  kafkaCaFile: setting.file
    .optional()
    .describe("PEM file of the authorities that signed the brokers' certificates; absent: those that Node knows."),
  kafkaSaslMechanism: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'])
    .optional()
    .describe('How this process proves to the brokers who it is; absent: not at all. plain needs TLS.'),
  kafkaUsername: z.string().min(1).optional().describe('User name for SASL.'),
  kafkaPasswordFile: setting.file
    .optional()
    .describe('File of the password for SASL, readable by this process alone; a line end at its end is left out.'),
  databaseUrl: z.url({protocol: /^postgres(ql)?$/}).describe("PostgreSQL URL of the service's own database."),
  databasePasswordFile: setting.file
    .optional()
    .describe(
      "File of the database's password, which the URL then does not have, readable by this process alone; a line end at its end is left out.",
    ),
  databaseCaFile: setting.file
    .optional()
    .describe(
      "PEM file of the authority that signed the database's certificate: TLS, with certificate and host name checked. The URL then has no sslmode.",
    ),
  databaseWarnBytes: z.coerce
    .number()
    .int()
    .min(1)
    .optional()
    .describe(
      "From so many bytes of its database on the service says that it is degraded: choose four fifths of the volume's share. Absent: it does not.",
    ),
  otlpUrl: setting.url.describe('OpenTelemetry Collector, OTLP over HTTP: http://host:port.'),
  otlpMetricsUrl: setting.url
    .optional()
    .describe(
      'OpenTelemetry Collector that metrics are sent to as well, every 30 s, OTLP over HTTP: http://host:port. Absent: they are told at /metrics alone.',
    ),
  logLevel: z
    .enum(LOG_LEVELS)
    .default('info')
    .describe('Lowest level that is logged; at the management port a lower one for a time.'),
  trustedProxies: list
    .refine((items) => items.length > 0 && items.every(isAddress), 'not a list of addresses')
    .optional()
    .describe(
      'Addresses or networks (CIDR) of the proxies in front, comma-separated: only their X-Forwarded-For is believed. Absent: none. Behind a proxy that is not named all clients count as one address.',
    ),
  addressBurst: z.coerce
    .number()
    .int()
    .min(1)
    .default(4_000)
    .describe('Requests that one address may send at once; of IPv6 a network of 64 bits.'),
  addressRefillPerSecond: z.coerce
    .number()
    .int()
    .min(1)
    .default(1_000)
    .describe('Requests per second that one address may send in the long run.'),
  drainMs: milliseconds
    .default(0)
    .describe(
      'After SIGTERM: not ready, but serving for so long, in milliseconds, until nobody is sent here any more.',
    ),
  closeMs: milliseconds
    .min(1_000)
    .default(12_000)
    .describe(
      'After drainMs: time for open requests and messages in hand to end, in milliseconds; then the process leaves with 1.',
    ),
} as const;

const {
  kafkaBrokers,
  kafkaTls,
  kafkaCaFile,
  kafkaSaslMechanism,
  kafkaUsername,
  kafkaPasswordFile,
  databaseUrl,
  databasePasswordFile,
  databaseCaFile,
  databaseWarnBytes,
  trustedProxies,
  addressBurst,
  addressRefillPerSecond,
  drainMs,
  closeMs,
  managementHost,
  managementPort,
  otlpMetricsUrl,
  logLevel,
} = commonConfig;

/** Common settings that only make sense together. */
export const kafkaConfig = {
  kafkaBrokers,
  kafkaTls,
  kafkaCaFile,
  kafkaSaslMechanism,
  kafkaUsername,
  kafkaPasswordFile,
} as const;
export const databaseConfig = {databaseUrl, databasePasswordFile, databaseCaFile, databaseWarnBytes} as const;
/** What `runProgram` takes of every program. */
export const processConfig = {managementHost, managementPort, otlpMetricsUrl, logLevel} as const;
/** Whom a service's HTTP listens to, and how much. */
export const addressConfig = {trustedProxies, addressBurst, addressRefillPerSecond} as const;
export const stopConfig = {drainMs, closeMs} as const;
