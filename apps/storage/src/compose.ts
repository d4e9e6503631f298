import {TOPICS} from '@vitalvault/contracts';
import {StorageService} from '@vitalvault/contracts/gen/storage/v1/storage';
import {grpcOptions} from '@vitalvault/grpc';
import {KEY_RESOLVER, NONCE_MEMORY, ORGANISATION, provide} from '@vitalvault/http';
import type {Composition, ServiceCheck, ServiceHost} from '@vitalvault/http';
import {KafkaServer, OutboxPublisher, TopicsAtHand} from '@vitalvault/kafka-bus';
import {ledgerLogOf, verifiedBlocks} from '@vitalvault/ledger-client';
import {
  DeadLetterStore,
  NonceStore,
  OffsetStore,
  OutboxStore,
  RowPruning,
  databaseSize,
  watchDatabase,
} from '@vitalvault/postgres';
import {Standstill, readOwnGenesis, readOwnKey} from '@vitalvault/process';
import type {BackgroundWork, Finding} from '@vitalvault/process';
import {setTimeout as sleep} from 'node:timers/promises';
import {IpfsClusterPackStore} from './adapters/ipfs/ipfs-cluster-pack-store.js';
import {roomForPacks} from './adapters/ipfs/room-for-packs.js';
import {anchorSigner} from './adapters/ledger/anchor-signer.js';
import {ChainFollower} from './adapters/ledger/chain-follower.js';
import {PrismaReaderKeys} from './adapters/prisma/prisma-reader-keys.js';
import {PrismaRecordStore} from './adapters/prisma/prisma-record-store.js';
import {shortLivedRows} from './adapters/prisma/short-lived-rows.js';
import {watchBacklog} from './adapters/prisma/watch-backlog.js';
import {recordIdOf} from './api/kafka/record-id-of.js';
import {PrismaQuotaStore} from './adapters/prisma/prisma-quota-store.js';
import {AcceptRecords} from './application/accept-records.js';
import {AdmitNumbers} from './application/admit-numbers.js';
import {ReleaseRecords} from './application/release-records.js';
import {composeReleasing} from './compose-releasing.js';
import {composeStoring} from './compose-storing.js';
import type {StorageConfig} from './config.js';
import {onceAtATime} from './once-at-a-time.js';
import {openParts} from './open-parts.js';
import type {OpenParts} from './open-parts.js';
import {BACKLOG, RECORD_STORE} from './storage.tokens.js';
import {watchAnchoring, whyNotAnchoring} from './watch-anchoring.js';
import {watchIpfs} from './watch-ipfs.js';

/** Until enough peers have a pack; then it is tried again, under the same root. */
const PIN_TIMEOUT_MS = 30_000;

/** Which adapter stands behind which port, and what wakes what. */
export function compose(config: StorageConfig, host: ServiceHost<StorageConfig>): Composition {
  const {fail: onStalled, logger} = host;
  const now = (): number => Date.now();
  const stopping = new AbortController();
  const pause = async (milliseconds: number): Promise<void> => {
    await sleep(milliseconds, undefined, {signal: stopping.signal});
  };
  const trust = readOwnGenesis(config);
  const key = readOwnKey('storage', config.storageKeyFile, {...trust, organisation: config.organisation});

  const parts = openParts(config, host);
  const {cluster, database, following, kafka, producer} = parts;
  const records = new PrismaRecordStore(database, now);
  const nonces = new NonceStore(database);
  const quotas = new PrismaQuotaStore(database);
  const packs = new IpfsClusterPackStore({...replication(config), timeoutMs: PIN_TIMEOUT_MS}, cluster);
  const outbox = new OutboxPublisher({outbox: new OutboxStore(database), producer, logger});
  const topics = new TopicsAtHand({...kafka, topics: [{topic: TOPICS.recordsAccepted}, {topic: TOPICS.alerts}]});
  const offsets = new OffsetStore(database);
  const follower = new Standstill({part: 'ledger-follower', logger});
  const consumer = new Standstill({part: 'kafka-consumer', logger});
  const deadLetters = new DeadLetterStore(database);
  const taking = {groupId: 'vv-storage', standstill: consumer, offsets, deadLetters, recordIdOf};
  const bus = new KafkaServer({...kafka, ...taking, onStalled});

  const signer = anchorSigner(key, config.chainId);
  const ending = {config, logger, now, stopping: stopping.signal};
  const storing = composeStoring(ending, parts, {records, packs, outbox, signer, trust});
  const {accept, anchor, copies, copying, follow, pack, packing, sweeping, anchoring, queue, background} = storing;
  watchAnchoring(anchor, queue);
  watchDatabase(database);
  watchBacklog(database, now);
  watchIpfs(copies, cluster);
  const onFound = (): void => outbox.poke();
  const {release, repair} = composeReleasing({logger, now, pause}, parts, {records, packs, follow, follower, onFound});
  const chain = new ChainFollower(
    {client: verifiedBlocks(following, trust), log: ledgerLogOf(logger), standstill: follower},
    {follow},
  );

  return {
    providers: [
      provide(ORGANISATION, config.organisation),
      provide(KEY_RESOLVER, new PrismaReaderKeys(database, follower)),
      provide(NONCE_MEMORY, nonces),
      provide(RECORD_STORE, records),
      provide(BACKLOG, () => bus.backlog()),
      provide(AcceptRecords, accept),
      provide(AdmitNumbers, new AdmitNumbers({now}, {records, quotas})),
      provide(ReleaseRecords, release),
    ],
    transports: [
      grpcOptions({services: [StorageService], url: `${config.host}:${String(config.grpcPort)}`}),
      {strategy: bus},
    ],
    background: [
      topics,
      new RowPruning([nonces, quotas, ...shortLivedRows(database)], logger),
      outbox,
      {start: () => undefined, stop: () => pack.stop()},
      packing,
      sweeping,
      copying,
      anchoring,
      chain,
      // Stopped before all others: they wait in pauses and for IPFS, and a repair would hold them up.
      {
        start: () => undefined,
        stop: () => {
          stopping.abort();
          repair.stop();
        },
      },
    ],
    followers: [follower, consumer],
    checks: checksOf(
      config,
      parts,
      {
        kafka: () => topics.reason() ?? bus.reason(),
        ledger: () => chain.reason(),
        clock: () => chain.clock(),
        anchoring: () => whyNotAnchoring(anchor),
        deadLetters: () => bus.setAside(),
      },
      Object.entries(background),
    ),
  };
}

const replication = ({replicationMin, replicationMax}: StorageConfig) => ({replicationMin, replicationMax});

type Reason = () => string | Finding | undefined;

function checksOf(
  config: StorageConfig,
  {cluster, database, policy}: OpenParts,
  {
    kafka,
    ledger,
    clock,
    anchoring,
    deadLetters,
  }: Readonly<Record<'kafka' | 'ledger' | 'clock' | 'anchoring' | 'deadLetters', Reason>>,
  background: readonly (readonly [name: string, work: BackgroundWork])[],
): ServiceCheck[] {
  const {replicationMin, ipfsCluster, ipfsWarnBytes: warnBytes} = config;
  const room = onceAtATime(() => roomForPacks(cluster, {replicationMin, peers: ipfsCluster.length, warnBytes}));
  return [
    {name: 'database', check: async () => database.$queryRaw`SELECT 1`, needed: true},
    {name: 'database-size', check: () => databaseSize(database, config), needed: false},
    // What is accepted waits for these, and is read all the same: ingest asks for it before it takes more.
    {name: 'kafka', check: kafka, needed: 'at-start'},
    {name: 'ipfs', check: async () => (await room()).none, needed: 'at-start'},
    {name: 'ipfs-peers', check: async () => (await room()).less, needed: false},
    {name: 'ledger', check: ledger, needed: 'at-start'},
    // Records are taken, pinned and anchored by the ledger's time; requests are refused whose signature looks old.
    {name: 'clock', check: clock, needed: false},
    // Records are taken and packed all the same.
    {name: 'anchoring', check: anchoring, needed: false},
    ...background.map(([name, work]) => ({name, check: () => work.trouble, needed: false})),
    // All others are taken.
    {name: 'dead-letters', check: deadLetters, needed: false},
    // Records are taken, pinned and anchored without it; only releases wait.
    {name: 'policy', check: () => policy.reachable(), needed: false},
  ];
}
