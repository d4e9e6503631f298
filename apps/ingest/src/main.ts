import {LIMITS, equalBytes, fromHex} from '@vitalvault/contracts';
import {KafkaProducer, KafkaServer} from '@vitalvault/kafka-bus';
import {parseGenesis} from '@vitalvault/light-client';
import {createHttpService, createLogger, loadConfig, runService, startTelemetry} from '@vitalvault/nest-service';
import type {Logger, RunningService} from '@vitalvault/nest-service';
import {readFileSync} from 'node:fs';
import {hostname} from 'node:os';
import {PolicyLedgerFacts} from './adapters/grpc/policy-ledger-facts.js';
import {StorageRecordTable} from './adapters/grpc/storage-record-table.js';
import {NoOffsets} from './adapters/kafka/no-offsets.js';
import {TopicsAtHand} from './adapters/kafka/topics-at-hand.js';
import {readSigningKey} from './adapters/keys/read-signing-key.js';
import {NativeSecp256k1} from './adapters/secp256k1/native-secp256k1.js';
import {environment, ingestConfig} from './config.js';
import type {IngestConfig} from './config.js';
import {IngestModule} from './ingest.module.js';

const SERVICE = 'ingest';

async function start(logger: Logger, config: IngestConfig): Promise<RunningService> {
  const telemetry = startTelemetry({service: SERVICE, organisation: config.organisation, otlpUrl: config.otlpUrl});
  const genesis = genesisOf(config);
  const secp256k1 = new NativeSecp256k1();
  const key = readSigningKey(config.ingestKeyFile, (privateKey) => secp256k1.publicKeyOf(privateKey));
  const kafka = {brokers: config.kafkaBrokers, clientId: SERVICE, logger};
  const producer = new KafkaProducer(kafka);
  const topics = new TopicsAtHand({...kafka, retentionMs: config.acceptedRetentionMs});
  const events = new KafkaServer({
    ...kafka, producer, offsets: new NoOffsets(), groupId: `vv-ingest-${config.organisation}-${hostname()}`,
    onStalled: () => process.exit(1),
  });
  const service = await createHttpService({
    module: IngestModule.with({config, genesis, producer, secp256k1, signer: secp256k1.signer(key)}), logger,
    host: config.host, httpPort: config.httpPort, bodyLimitBytes: LIMITS.postBodyBytes, requestTimeoutMs: config.bodyTimeoutMs,
    microservices: [{strategy: events}],
  });
  const [facts, table] = [service.app.get(PolicyLedgerFacts), service.app.get(StorageRecordTable)];
  service.readiness.add('kafka', async () => topics.reason() ?? (await producer.check(), undefined));
  service.readiness.add('policy', async () => (await facts.device(new Uint8Array(20), 1), undefined));
  service.readiness.add('storage', async () => (await table.backlogMs(), undefined));
  void topics.ensure();
  const url = await service.listen();
  logger.info('listening', {url});
  return {close: async () => {
    topics.stop();
    await service.close();
    await telemetry.shutdown();
  }};
}

/** Genesis names our release keys, and what a receipt of ours is checked against: a wrong one must not come up. */
function genesisOf(config: IngestConfig) {
  const {chainId, genesis} = parseGenesis(readFileSync(config.genesisFile, 'utf8'));
  if (chainId !== config.chainId) throw new Error('genesis file: it is of another chain than VITALVAULT_CHAIN_ID');
  const organisation = fromHex(config.organisation);
  if (!genesis.organisations.some(({id}) => equalBytes(id, organisation))) throw new Error('genesis file: VITALVAULT_ORGANISATION is not in it');
  return genesis;
}

const bootLogger = createLogger({service: SERVICE});
await runService(bootLogger, async () => {
  const config = loadConfig(ingestConfig, environment());
  return start(createLogger({service: SERVICE, level: config.logLevel}), config);
});
