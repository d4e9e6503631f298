import {PolicyService} from '@vitalvault/contracts/gen/policy/v1/policy';
import {IpfsClusterClient, KuboClient} from '@vitalvault/ipfs-cluster-client';
import {KafkaProducer, OutboxPublisher, kafkaAccess} from '@vitalvault/kafka-bus';
import {BlockFollower, LedgerClient, verifiedBlocks} from '@vitalvault/ledger-client';
import {grpcClient} from '@vitalvault/grpc';
import {currentTraceparent, linksTo, readOwnGenesis, readOwnKey} from '@vitalvault/process';
import type {Logger} from '@vitalvault/process';
import {trace} from '@opentelemetry/api';
import {setTimeout as sleep} from 'node:timers/promises';
import {IpfsClusterPackStore} from './adapters/ipfs/ipfs-cluster-pack-store.js';
import {CometLedgerGateway} from './adapters/ledger/comet-ledger-gateway.js';
import {anchorSigner} from './adapters/ledger/anchor-signer.js';
import {ledgerLog} from './adapters/ledger/ledger-log.js';
import {GrpcKeyRelease} from './adapters/policy/grpc-key-release.js';
import {openDatabase} from './adapters/prisma/database.js';
import {PrismaAnchorStore} from './adapters/prisma/prisma-anchor-store.js';
import {PrismaLedgerStore} from './adapters/prisma/prisma-ledger-store.js';
import {NonceStore, OutboxStore, RowPruning} from '@vitalvault/postgres';
import {PrismaReaderKeys} from './adapters/prisma/prisma-reader-keys.js';
import {PrismaRecordStore} from './adapters/prisma/prisma-record-store.js';
import {PrismaReleaseStore} from './adapters/prisma/prisma-release-store.js';
import {traceAnchor, traceIncluded, tracePack} from './adapters/telemetry/trace-batch.js';
import {AcceptRecords} from './application/accept-records.js';
import {AnchorRecords} from './application/anchor-records.js';
import {FollowLedger} from './application/follow-ledger.js';
import {PackRecords} from './application/pack-records.js';
import type {ReleasableRecord} from './application/ports.js';
import {ReadCiphertext} from './application/read-ciphertext.js';
import {RepairBlocks} from './application/repair-blocks.js';
import {ReleaseRecords} from './application/release-records.js';
import {WorkLoop} from './application/work-loop.js';
import type {StorageConfig} from './config.js';

const PACK = {maxRecords: 250, maxBytes: 4 * 1_048_576, lanes: 3} as const;
const PIN_TIMEOUT_MS = 30_000;
const READ_TIMEOUT_MS = 5_000;
const MAX_OPEN_ANCHORS = 6;
const IDLE_MS = 500;
const MAX_LINKS = 64;

export type StorageParts = Awaited<ReturnType<typeof buildParts>>;

/** Everything behind the APIs, wired: which adapter stands behind which port, and what wakes what. */
export async function buildParts(config: StorageConfig, logger: Logger) {
  const now = (): number => Date.now();
  const stopping = new AbortController();
  const pause = async (milliseconds: number): Promise<void> => {
    await sleep(milliseconds, undefined, {signal: stopping.signal});
  };
  const own = {...readOwnGenesis(config), organisation: config.organisation};
  const signer = anchorSigner(readOwnKey('storage', config.storageKeyFile, own), config.chainId);
  const database = openDatabase(config);
  const nonces = new NonceStore(database);
  const pruning = new RowPruning([nonces], logger);
  const records = new PrismaRecordStore(database, now);
  const ledger = new LedgerClient({rpcUrls: config.ledgerRpc, log: ledgerLog(logger), traceparent: currentTraceparent});
  // The follower's own, so that it knows who answered.
  const following = new LedgerClient({rpcUrls: config.ledgerRpc, log: ledgerLog(logger)});
  const cluster = new IpfsClusterClient({urls: config.ipfsCluster});
  const packs = new IpfsClusterPackStore({...config, timeoutMs: PIN_TIMEOUT_MS}, cluster);
  const producer = new KafkaProducer({...kafkaAccess(config), clientId: 'storage', logger});
  const outbox = new OutboxPublisher({outbox: new OutboxStore(database), producer, logger});
  const policy = grpcClient(PolicyService, {url: config.policyGrpc, unavailable: 'policy-unavailable'});

  const follow = new FollowLedger({
    ledger: new PrismaLedgerStore(database, now),
    onEffect: async (block, effect) => {
      await traceIncluded(block, effect);
      for (const {txId, anchored, later, refused} of effect.anchors)
        logger.info('anchored', {txId, height: block.height, records: anchored, waiting: later, failed: refused});
      if (effect.expired > 0) logger.warn('transactions expired', {count: effect.expired});
      if (effect.anchors.length > 0 || effect.expired > 0) outbox.poke();
      // Blocks free room for more and bring the time to try again.
      anchorLoop.poke();
    },
  });
  const anchor = new AnchorRecords(
    {
      now,
      maxOpen: MAX_OPEN_ANCHORS,
      head: () => follow.head,
      trace: traceAnchor,
      onSent: ({txId}, entries) => logger.info('anchor signed', {txId, entries}),
      onRefused: ({txId}, code) => logger.warn('anchor refused by a node', {txId, code}),
    },
    {anchors: new PrismaAnchorStore(database), ledger: new CometLedgerGateway(ledger, own), signer},
  );
  const anchorLoop = new WorkLoop(
    {idleMs: IDLE_MS, gatherMs: config.anchorWindowMs, onFailure: (error) => logger.warn('anchoring waits', {error})},
    () => anchor.execute(),
  );
  const pack = new PackRecords(
    {
      ...PACK,
      now,
      pause,
      trace: tracePack,
      onFailure: ({error, attempt, records: count}) =>
        logger.warn('pack not stored yet', {error, attempt, records: count}),
    },
    {
      records,
      packs,
      onStored: () => {
        outbox.poke();
        anchorLoop.poke();
      },
    },
  );
  const packLoop = new WorkLoop(
    {idleMs: IDLE_MS, gatherMs: config.packWindowMs, onFailure: (error) => logger.warn('packing waits', {error})},
    () => pack.execute(),
  );
  const accept = new AcceptRecords(
    {chainId: config.chainId},
    {records, onRecords: () => packLoop.poke(), onSkips: () => anchorLoop.poke()},
  );

  const repair = new RepairBlocks(
    {
      timeoutMs: READ_TIMEOUT_MS,
      onRepaired: ({cid}, peer) => logger.info('block repaired', {peer, cid}),
      onFailed: ({cid}, peer, error) => logger.error('block not repaired', {peer, cid, error}),
    },
    {packs},
  );
  const read = new ReadCiphertext(
    {
      timeoutMs: READ_TIMEOUT_MS,
      now,
      traceparent: currentTraceparent,
      onServed: ({cid}, peer) => logger.info('block served', {peer, cid}),
      onCorrupt: ({cid, traceparent}, peer) => {
        logger.error('block corrupt', {peer, cid});
        linkSpan([traceparent]);
        outbox.poke();
      },
    },
    {peers: config.kubo.map((gatewayUrl, index) => new KuboClient({gatewayUrl, index})), packs, records, repair},
  );
  const release = new ReleaseRecords(
    {
      head: () => follow.head,
      pause,
      now,
      onRecords: (found: readonly ReleasableRecord[]) =>
        linkSpan(found.slice(0, MAX_LINKS).map(({traceparent}) => traceparent)),
      onUndelivered: (txId, error) =>
        logger.error('keys were released and counted, but nothing was handed out', {txId, error}),
    },
    {releases: new PrismaReleaseStore(database), keys: new GrpcKeyRelease(policy), read},
  );
  const follower = new BlockFollower({
    client: verifiedBlocks(following, own),
    fromHeight: await follow.begin(),
    onBlock: (block) => follow.execute(block),
    log: ledgerLog(logger),
  });

  return {
    database,
    records,
    accept,
    release,
    follower,
    producer,
    outbox,
    cluster,
    policy,
    head: () => follow.head,
    readerKeys: new PrismaReaderKeys(database),
    nonces,
    start: (): void => {
      pruning.start();
      outbox.start();
      follower.start();
      packLoop.start();
      anchorLoop.start();
    },
    stop: async (): Promise<void> => {
      stopping.abort();
      pruning.stop();
      repair.stop();
      await follower.stop();
      await Promise.all([anchorLoop.stop(), packLoop.stop()]);
      await pack.drain();
      await outbox.stop();
      await producer.close();
      policy.close();
      following.close();
      ledger.close();
      await database.$disconnect();
    },
  };
}

function linkSpan(traceparents: readonly (string | undefined)[]): void {
  trace.getActiveSpan()?.addLinks(linksTo(traceparents));
}
