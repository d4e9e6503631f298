import {StorageService} from '@vitalvault/contracts/gen/storage/v1/storage';
import {KafkaServer} from '@vitalvault/kafka-bus';
import {createHttpService, grpcOptions} from '@vitalvault/nest-service';
import type {HttpService, Logger, RunningService} from '@vitalvault/nest-service';
import {TopicsAtHand} from './adapters/kafka/topics-at-hand.js';
import {PrismaOffsetStore} from './adapters/prisma/prisma-offset-store.js';
import type {StorageConfig} from './config.js';
import {buildParts} from './storage-parts.js';
import type {StorageParts} from './storage-parts.js';
import {StorageModule} from './storage.module.js';

const SILENT_MS = 30_000;

/** Starts the whole service; its database must be migrated. @param onStalled must end the process */
export async function startStorage(logger: Logger, config: StorageConfig, onStalled: () => void): Promise<RunningService> {
  const parts = await buildParts(config, logger);
  const kafka = {brokers: config.kafkaBrokers, clientId: 'storage', logger};
  const bus = new KafkaServer({...kafka, groupId: 'vv-storage', producer: parts.producer, offsets: new PrismaOffsetStore(parts.database), onStalled});
  const service = await createHttpService({
    module: StorageModule.with({parts, organisation: config.organisation, backlog: () => bus.backlog()}), logger, host: config.host, httpPort: config.httpPort,
    microservices: [grpcOptions({services: [StorageService], url: `${config.host}:${String(config.grpcPort)}`}), {strategy: bus}],
  });
  addChecks(service, parts, () => bus.reason());
  const topics = new TopicsAtHand(kafka);
  void topics.ensure();
  parts.start();
  const url = await service.listen();
  logger.info('listening', {url});
  return {close: async () => {
    topics.stop();
    await service.close();
    await parts.stop();
  }};
}

function addChecks({readiness}: HttpService, parts: StorageParts, kafka: () => string | undefined): void {
  readiness.add('kafka', kafka);
  readiness.add('database', async () => {
    await parts.database.$queryRaw`SELECT 1`;
    return undefined;
  });
  readiness.add('ipfs', async () => {
    await parts.cluster.health();
    return undefined;
  });
  readiness.add('ledger', () => {
    if (parts.head() === undefined) return 'no block seen yet';
    return parts.follower.silentMs > SILENT_MS ? 'no block for 30 s' : undefined;
  });
}
