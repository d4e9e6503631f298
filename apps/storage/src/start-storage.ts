import {TOPICS} from '@vitalvault/contracts';
import {StorageService} from '@vitalvault/contracts/gen/storage/v1/storage';
import {KafkaServer, TopicsAtHand, kafkaAccess} from '@vitalvault/kafka-bus';
import {grpcOptions} from '@vitalvault/grpc';
import {createHttpService} from '@vitalvault/http';
import type {Host, Readiness, RunningService} from '@vitalvault/process';
import {roomForPacks} from './adapters/ipfs/room-for-packs.js';
import {OffsetStore} from '@vitalvault/postgres';
import type {StorageConfig} from './config.js';
import {buildParts} from './storage-parts.js';
import type {StorageParts} from './storage-parts.js';
import {StorageModule} from './storage.module.js';

const SILENT_MS = 30_000;

/** Starts the whole service; its database must be migrated. */
export async function startStorage(host: Host<StorageConfig>): Promise<RunningService> {
  const {config, logger, readiness, fail: onStalled} = host;
  const parts = await buildParts(config, logger);
  const kafka = {...kafkaAccess(config), clientId: 'storage', logger};
  const bus = new KafkaServer({
    ...kafka,
    groupId: 'vv-storage',
    producer: parts.producer,
    offsets: new OffsetStore(parts.database),
    onStalled,
  });
  const service = await createHttpService({
    module: StorageModule.with({parts, organisation: config.organisation, backlog: () => bus.backlog()}),
    logger,
    readiness,
    host: config.host,
    httpPort: config.httpPort,
    drainMs: config.drainMs,
    microservices: [
      grpcOptions({services: [StorageService], url: `${config.host}:${String(config.grpcPort)}`}),
      {strategy: bus},
    ],
  });
  const topics = new TopicsAtHand({...kafka, topics: [{topic: TOPICS.recordsAccepted}, {topic: TOPICS.alerts}]});
  addChecks(readiness, parts, {kafka: () => topics.reason() ?? bus.reason(), config});
  void topics.ensure();
  parts.start();
  const url = await service.listen();
  logger.info('listening', {url});
  return {
    close: async () => {
      topics.stop();
      await service.close();
      await parts.stop();
    },
  };
}

function addChecks(
  readiness: Readiness,
  parts: StorageParts,
  {kafka, config}: {kafka: () => string | undefined; config: StorageConfig},
): void {
  const room = () => roomForPacks(parts.cluster, {...config, peers: config.ipfsCluster.length});
  readiness.add('kafka', kafka);
  readiness.add('database', async () => parts.database.$queryRaw`SELECT 1`);
  readiness.add('ipfs', async () => (await room()).none);
  readiness.add('ipfs-peers', async () => (await room()).less, {needed: false});
  readiness.add('ledger', () => {
    if (parts.head() === undefined) return 'no block seen yet';
    return parts.follower.silentMs > SILENT_MS ? 'no block for 30 s' : undefined;
  });
  // Records are taken, pinned and anchored without it; only releases wait.
  readiness.add('policy', () => parts.policy.reachable(), {needed: false});
}
