import {z} from 'zod';
import {addressConfig, commonConfig, kafkaConfig, processConfig, setting, stopConfig} from '@vitalvault/process';

const {host, httpPort, chainId, genesisFile, organisation, otlpUrl} = commonConfig;
const count = z.coerce.number().int().min(1);

/** Settings of ingest; see docs/config/ingest.md. */
export const ingestConfig = z.strictObject({
  host,
  httpPort,
  chainId,
  genesisFile,
  organisation,
  otlpUrl,
  ...processConfig,
  ...kafkaConfig,
  ...stopConfig,
  ...addressConfig,
  ingestKeyFile: setting.file.describe('Key file of this process: its ingest key signs receipts.'),
  policyGrpc: setting.hostPort.describe('gRPC of the policy service; host:port.'),
  storageGrpc: setting.hostPort.describe('gRPC of the storage service; host:port.'),
  deviceBurst: count.default(256).describe('Records that one device may send at once.'),
  deviceRefillPerSecond: count.default(16).describe('Records per second that one device may send in the long run.'),
  ownerBurst: count.default(1_024).describe('Records that all devices of one patient may send at once.'),
  ownerRefillPerSecond: count
    .default(64)
    .describe('Records per second that all devices of one patient may send in the long run.'),
  ownerWaiting: count
    .default(4_096)
    .describe(
      'Records of one patient that may wait for the ledger; above it hers are refused until some are anchored.',
    ),
  acceptedRetentionMs: count
    .default(7 * 86_400_000)
    .describe('Retention of vv.records.accepted.v1 in milliseconds; half of it is how far storage may be behind.'),
  factsTtlMs: setting.milliseconds
    .min(1)
    .default(30_000)
    .describe('How long a device or epoch is believed without asking policy again; milliseconds.'),
  bodyTimeoutMs: setting.milliseconds
    .min(1)
    .default(60_000)
    .describe('Time for a whole request to arrive; milliseconds. 1 MiB takes 52 s over a line of 20 kB/s.'),
});

export type IngestConfig = z.infer<typeof ingestConfig>;

/** The environment of this process; nothing else in ingest reads it. */
export const environment = (): Readonly<Record<string, string | undefined>> => process.env;
