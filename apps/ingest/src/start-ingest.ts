import {LIMITS, TOPICS} from '@vitalvault/contracts';
import {KafkaProducer, KafkaServer, TopicsAtHand, kafkaAccess} from '@vitalvault/kafka-bus';
import {createHttpService} from '@vitalvault/http';
import {readOwnGenesis, readOwnKey} from '@vitalvault/process';
import type {Host, RunningService} from '@vitalvault/process';
import {hostname} from 'node:os';
import {PolicyLedgerFacts} from './adapters/grpc/policy-ledger-facts.js';
import {StorageRecordTable} from './adapters/grpc/storage-record-table.js';
import {NoOffsets} from './adapters/kafka/no-offsets.js';
import {NativeSecp256k1} from './adapters/secp256k1/native-secp256k1.js';
import type {IngestConfig} from './config.js';
import {IngestModule} from './ingest.module.js';

/** Starts the whole service. */
export async function startIngest(host: Host<IngestConfig>): Promise<RunningService> {
  const {config, logger, readiness, fail: onStalled} = host;
  const {genesis} = readOwnGenesis(config);
  const secp256k1 = new NativeSecp256k1();
  const key = readOwnKey('ingest', config.ingestKeyFile, {genesis, organisation: config.organisation});
  const kafka = {...kafkaAccess(config), clientId: 'ingest', logger};
  const producer = new KafkaProducer(kafka);
  const topics = new TopicsAtHand({
    ...kafka,
    topics: [{topic: TOPICS.recordsAccepted, retentionMs: config.acceptedRetentionMs}, {topic: TOPICS.ledgerEvents}],
  });
  const groupId = `vv-ingest-${config.organisation}-${hostname()}`;
  const events = new KafkaServer({...kafka, producer, offsets: new NoOffsets(), groupId, onStalled});
  const service = await createHttpService({
    module: IngestModule.with({config, genesis, producer, secp256k1, signer: secp256k1.signer(key)}),
    logger,
    readiness,
    host: config.host,
    httpPort: config.httpPort,
    drainMs: config.drainMs,
    bodyLimitBytes: LIMITS.postBodyBytes,
    requestTimeoutMs: config.bodyTimeoutMs,
    microservices: [{strategy: events}],
  });
  const [facts, table] = [service.app.get(PolicyLedgerFacts), service.app.get(StorageRecordTable)];
  readiness.add('kafka', () => topics.reason() ?? producer.check());
  readiness.add('policy', () => facts.device(new Uint8Array(20), 1));
  readiness.add('storage', () => table.backlogMs());
  void topics.ensure();
  const url = await service.listen();
  logger.info('listening', {url});
  return {
    close: async () => {
      topics.stop();
      await service.close();
    },
  };
}
