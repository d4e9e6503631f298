import {
  addressConfig,
  commonConfig,
  databaseConfig,
  kafkaConfig,
  processConfig,
  setting,
  stopConfig,
} from '@vitalvault/process';
import {z} from 'zod';

const {host, httpPort, grpcPort, chainId, genesisFile, organisation, ledgerRpc, otlpUrl} = commonConfig;
const count = z.coerce.number().int().min(1);

/** Settings of storage; see docs/config/storage.md. */
export const storageConfig = z.strictObject({
  host,
  httpPort,
  grpcPort,
  chainId,
  genesisFile,
  organisation,
  ledgerRpc,
  otlpUrl,
  ...processConfig,
  ...kafkaConfig,
  ...databaseConfig,
  ...stopConfig,
  ...addressConfig,
  storageKeyFile: setting.file.describe('Signing key of role storage: a JSON file that only this service can read.'),
  policyGrpc: setting.hostPort.describe('host:port of policy, which opens the outer seals.'),
  ipfsCluster: setting.urls.describe('REST URLs of the IPFS Cluster peers, comma-separated.'),
  kubo: setting.urls.describe("Gateway URLs of the kubo peers, comma-separated; the first is this organisation's own."),
  replicationMin: count.describe('A record counts as stored when this many peers have it pinned.'),
  replicationMax: count.describe('Most peers that pin a record.'),
  ipfsWarnBytes: count
    .default(1_073_741_824)
    .describe('A peer of IPFS that has less free space, in bytes, is told as degraded.'),
  packWindowMs: setting.milliseconds
    .default(150)
    .describe('How long records are gathered for a pack, in milliseconds.'),
  anchorWindowMs: setting.milliseconds
    .default(100)
    .describe('How long stored records are gathered for a transaction, in milliseconds.'),
});

export type StorageConfig = z.infer<typeof storageConfig>;

/** The environment of this process; nothing else in storage reads it. */
export const environment = (): Readonly<Record<string, string | undefined>> => process.env;
