import {NotifyService} from '@vitalvault/contracts/gen/notify/v1/notify';
import {keyId} from '@vitalvault/contracts';
import {KafkaProducer, kafkaAccess} from '@vitalvault/kafka-bus';
import type {KafkaOptions} from '@vitalvault/kafka-bus';
import {LedgerClient} from '@vitalvault/ledger-client';
import type {ParsedGenesis} from '@vitalvault/light-client';
import {grpcClient} from '@vitalvault/grpc';
import {currentTraceparent, readOwnGenesis, readOwnKey} from '@vitalvault/process';
import type {GrpcClient} from '@vitalvault/grpc';
import type {Logger} from '@vitalvault/process';
import {ledgerLog} from './adapters/ledger/ledger-log.js';
import {openDatabase} from './adapters/prisma/database.js';
import type {Database} from './adapters/prisma/database.js';
import type {ReleaseKey} from './application/release-keys.js';
import type {PolicyConfig} from './config.js';

/** What the process holds open, and what it was started with. */
export interface PolicyRuntime {
  readonly config: PolicyConfig;
  readonly logger: Logger;
  readonly genesis: ParsedGenesis;
  readonly releaseKeys: readonly ReleaseKey[];
  /** Says whose service this is, and signs nothing else. */
  readonly policyPrivateKey: Uint8Array;
  readonly database: Database;
  /** Over all validators, with fail-over. */
  readonly ledger: LedgerClient;
  /** The follower's own, so that it knows who answered. */
  readonly following: LedgerClient;
  /** One for each validator, in the order of the configuration. */
  readonly validators: readonly LedgerClient[];
  readonly notify: GrpcClient<typeof NotifyService>;
  readonly kafka: KafkaOptions;
  readonly producer: KafkaProducer;
}

const ALERT_DEADLINE_MS = 5_000;

/** Reads genesis and keys and refuses what does not fit together; connects to nothing yet. */
export function openRuntime(config: PolicyConfig, logger: Logger): PolicyRuntime {
  const genesis = readOwnGenesis(config);
  const own = {genesis: genesis.genesis, organisation: config.organisation};
  const release = readOwnKey('release', config.releaseKeyFile, own);
  const policyKey = readOwnKey('policy', config.policyKeyFile, own);
  const log = ledgerLog(logger);
  const kafka = {...kafkaAccess(config), clientId: 'vv-policy', logger};
  return {
    config,
    logger,
    genesis,
    kafka,
    releaseKeys: [{id: keyId(release), privateKey: release.privateKey}],
    policyPrivateKey: policyKey.privateKey,
    database: openDatabase(config),
    ledger: new LedgerClient({rpcUrls: config.ledgerRpc, log, traceparent: currentTraceparent}),
    following: new LedgerClient({rpcUrls: config.ledgerRpc, log}),
    validators: config.ledgerRpc.map((url) => new LedgerClient({rpcUrls: [url], log})),
    notify: grpcClient(NotifyService, {
      url: config.notifyGrpc,
      unavailable: 'notify-unavailable',
      deadlineMs: ALERT_DEADLINE_MS,
    }),
    producer: new KafkaProducer(kafka),
  };
}
