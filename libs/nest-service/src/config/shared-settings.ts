import {z} from 'zod';

const port = z.coerce.number().int().min(1).max(65_535);
const list = z.string().transform((text) => text.split(',').map((item) => item.trim()).filter((item) => item !== ''));

/** Field types of settings, for the schemas of the services. */
export const setting = {
  port,
  /** Comma-separated, at least one. */
  list: list.refine((items) => items.length > 0, 'empty list'),
  url: z.url(),
  urls: list.refine((items) => items.length > 0 && items.every((item) => URL.canParse(item)), 'not a list of URLs'),
  /** 20 bytes in lower-case hexadecimal. */
  identity: z.string().regex(/^[0-9a-f]{40}$/),
  file: z.string().min(1),
  hostPort: z.string().regex(/^[^\s:/]+:\d{1,5}$/),
} as const;

/** Settings that several services share; a service takes those it needs with `pick`. No default for what identifies or is trusted. */
export const commonConfig = {
  host: z.string().default('127.0.0.1').describe('Address to listen on.'),
  httpPort: port.describe('Port of the HTTP API.'),
  grpcPort: port.describe('Port of the gRPC API.'),
  chainId: z.string().min(1).max(50).describe('Chain id of the ledger.'),
  genesisFile: setting.file.describe('CometBFT genesis: the only trust anchor.'),
  organisation: setting.identity.describe('Organisation that runs this stack; hexadecimal id.'),
  ledgerRpc: setting.urls.describe('CometBFT RPC URLs, comma-separated; the first is the own validator.'),
  kafkaBrokers: setting.list.describe('host:port, comma-separated.'),
  databaseUrl: setting.url.describe('PostgreSQL URL of the service\'s own database.'),
  otlpUrl: setting.url.describe('OpenTelemetry Collector, OTLP over HTTP: http://host:port.'),
  logLevel: z.enum(['debug', 'info', 'warn', 'error']).default('info').describe('Lowest level that is logged.'),
} as const;
