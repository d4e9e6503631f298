import {TOPICS} from '@vitalvault/contracts';
import {NotifyService} from '@vitalvault/contracts/gen/notify/v1/notify';
import {KafkaProducer, KafkaServer, TopicsAtHand, kafkaAccess} from '@vitalvault/kafka-bus';
import {grpcOptions} from '@vitalvault/grpc';
import {createHttpService} from '@vitalvault/http';
import {NonceStore, OffsetStore, pruneRows} from '@vitalvault/postgres';
import type {Host, RunningService} from '@vitalvault/process';
import {openDatabase} from './adapters/prisma/database.js';
import {DeliveryLoop} from './application/delivery-loop.js';
import type {NotifyConfig} from './config.js';
import {NotifyModule} from './notify.module.js';

/** Starts the whole service; its database must be migrated. */
export async function startNotify(host: Host<NotifyConfig>): Promise<RunningService> {
  const {config, logger, readiness, fail: onStalled} = host;
  const database = openDatabase(config);
  const kafka = {...kafkaAccess(config), clientId: 'notify', logger};
  const producer = new KafkaProducer(kafka);
  const topics = new TopicsAtHand({...kafka, topics: [{topic: TOPICS.alerts}, {topic: TOPICS.ledgerEvents}]});
  const bus = new KafkaServer({
    ...kafka,
    producer,
    groupId: 'vv-notify',
    offsets: new OffsetStore(database),
    onStalled,
  });
  const service = await createHttpService({
    module: NotifyModule.with({config, database, producer}),
    logger,
    readiness,
    host: config.host,
    httpPort: config.httpPort,
    drainMs: config.drainMs,
    microservices: [
      grpcOptions({services: [NotifyService], url: `${config.host}:${String(config.grpcPort)}`}),
      {strategy: bus},
    ],
  });
  readiness.add('kafka', () => topics.reason() ?? bus.reason());
  readiness.add('database', async () => database.$queryRaw`SELECT 1`);
  void topics.ensure();
  const stopPruning = pruneRows([new NonceStore(database)], logger);
  const url = await service.listen();
  service.app.get(DeliveryLoop).start();
  logger.info('listening', {url});
  return {
    close: async () => {
      topics.stop();
      stopPruning();
      await service.close();
      await database.$disconnect();
    },
  };
}
