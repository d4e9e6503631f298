import {TOPICS} from '@vitalvault/contracts';
import {PolicyService} from '@vitalvault/contracts/gen/policy/v1/policy';
import {grpcOptions} from '@vitalvault/grpc';
import {KEY_RESOLVER, NONCE_MEMORY, ORGANISATION, provide} from '@vitalvault/http';
import type {Composition, ServiceHost} from '@vitalvault/http';
import {OutboxPublisher, TopicsAtHand} from '@vitalvault/kafka-bus';
import {verifiedBlocks} from '@vitalvault/ledger-client';
import {NonceStore, OutboxStore, RowPruning, databaseSize, watchDatabase} from '@vitalvault/postgres';
import {Standstill, readOwnGenesis, readOwnKey} from '@vitalvault/process';
import {chainDistance} from './adapters/ledger/chain-distance.js';
import {CometLedgerSource} from './adapters/ledger/comet-ledger-source.js';
import {CometProvenLedger} from './adapters/ledger/comet-proven-ledger.js';
import {CometProvenLogs} from './adapters/ledger/comet-proven-logs.js';
import {FollowChain} from './adapters/ledger/follow-chain.js';
import {GrpcAlertQueue} from './adapters/notify/grpc-alert-queue.js';
import {PrismaDocumentStore} from './adapters/prisma/prisma-document-store.js';
import {PrismaProjectionStore} from './adapters/prisma/prisma-projection-store.js';
import {SignedReleaseRequests} from './adapters/storage/signed-release-requests.js';
import {PrismaReleaseRegister} from './adapters/prisma/prisma-release-register.js';
import {PrismaTransactionTraces} from './adapters/prisma/prisma-transaction-traces.js';
import {AccessLeaves} from './application/access-leaves.js';
import {AnswerProofs} from './application/answer-proofs.js';
import {ChargeRelease} from './application/charge-release.js';
import {Complain} from './application/complain.js';
import {DescribeService} from './application/describe-service.js';
import {ExplainAccess} from './application/explain-access.js';
import {GetDetails} from './application/get-details.js';
import {GetHeader} from './application/get-header.js';
import {GetProfile} from './application/get-profile.js';
import {GetWraps} from './application/get-wraps.js';
import {KeepDetails} from './application/keep-details.js';
import {KeepProfile} from './application/keep-profile.js';
import {KeepWraps} from './application/keep-wraps.js';
import {ProjectBlocks} from './application/project-blocks.js';
import {ProofQuota} from './application/proof-quota.js';
import {ProvenRelease} from './application/proven-release.js';
import {ReleaseKeys} from './application/release-keys.js';
import {ResolveKey} from './application/resolve-key.js';
import {SubmitTransaction} from './application/submit-transaction.js';
import {sureProjection} from './application/sure-projection.js';
import {TransactionOutcomes} from './application/transaction-outcomes.js';
import type {PolicyConfig} from './config.js';
import {readReleaseKeys} from './read-release-keys.js';
import {openParts} from './open-parts.js';
import {CHAIN_ID, PROJECTION} from './policy.tokens.js';

/** Bundles of wrapped epochs are the largest that is posted, and a thousand of them fit; a transaction has 64 KiB. */
const BODY_LIMIT_BYTES = 1_048_576;
/** Requests that wait for a block when the process closes get so much longer: two blocks of about a second, answers. */
const GRACE_MS = 4_000;

/** Which adapter stands behind which port, and what wakes what. */
export function compose(config: PolicyConfig, host: ServiceHost<PolicyConfig>): Composition {
  const {chainId, organisation} = config;
  const {logger} = host;
  const now = (): number => Date.now();
  const trust = readOwnGenesis(config);
  const own = {genesis: trust.genesis, organisation};
  const releaseKeys = readReleaseKeys(config.releaseKeyFile, own);
  // Says whose service this is, and signs nothing else.
  const {privateKey: policyPrivateKey} = readOwnKey('policy', config.policyKeyFile, own);

  const parts = openParts(config, host);
  const {database, following, notify, producer} = parts;
  watchDatabase(database);
  const store = new PrismaProjectionStore(database);
  const documents = new PrismaDocumentStore(database);
  const traces = new PrismaTransactionTraces(database);
  const nonces = new NonceStore(database);
  const ledger = new CometLedgerSource(parts.ledger, parts.validators, trust);
  const topics = new TopicsAtHand({...parts.kafka, topics: [{topic: TOPICS.ledgerEvents}, {topic: TOPICS.alerts}]});
  const outbox = new OutboxPublisher({outbox: new OutboxStore(database), producer, logger});

  const follower = new Standstill({part: 'ledger-follower', logger});
  const projection = sureProjection(store, follower);
  const outcomes = new TransactionOutcomes(store);
  const logs = new CometProvenLogs({client: following, trust});
  const leaves = new AccessLeaves({logs, projection: store});
  const projectBlocks = new ProjectBlocks({store, leaves, traces, outcomes});
  const chain = new FollowChain(
    {
      genesis: trust.genesis,
      client: verifiedBlocks(following, trust),
      logger,
      standstill: follower,
      afterBlock: () => outbox.poke(),
    },
    {store, projectBlocks},
  );
  const resolveKey = new ResolveKey({projection});
  const quota = new ProofQuota(now);
  const register = new PrismaReleaseRegister(database);
  const requests = new SignedReleaseRequests({organisation, now}, nonces);
  const release = new ReleaseKeys(
    {chainId, organisation, releaseKeys, now},
    {
      projection: store,
      outcomes,
      follower,
      charge: new ChargeRelease({now}, {projection: store, requests, quota}),
      proven: new ProvenRelease({ledger: new CometProvenLedger({client: parts.ledger, trust})}),
      alerts: new GrpcAlertQueue(notify),
      register,
      requests,
    },
  );

  return {
    providers: [
      provide(ORGANISATION, organisation),
      provide(KEY_RESOLVER, {resolve: (id) => resolveKey.execute(id)}),
      provide(NONCE_MEMORY, nonces),
      provide(CHAIN_ID, chainId),
      provide(PROJECTION, projection),
      provide(
        SubmitTransaction,
        new SubmitTransaction({chainId}, {ledger, projection: store, traces, outcomes, follower}),
      ),
      provide(GetHeader, new GetHeader({ledger, projection: store})),
      provide(AnswerProofs, new AnswerProofs({trust}, {ledger, projection: store, quota})),
      provide(ExplainAccess, new ExplainAccess({projection})),
      provide(KeepWraps, new KeepWraps({chainId}, {projection, documents})),
      provide(GetWraps, new GetWraps({projection, documents})),
      provide(KeepProfile, new KeepProfile({chainId}, {projection, documents})),
      provide(GetProfile, new GetProfile({documents})),
      provide(KeepDetails, new KeepDetails({projection, documents})),
      provide(GetDetails, new GetDetails({projection, documents})),
      provide(Complain, new Complain({now}, {projection, register, documents})),
      provide(DescribeService, new DescribeService({genesis: trust, organisation, policyPrivateKey, now})),
      provide(ReleaseKeys, release),
    ],
    transports: [grpcOptions({services: [PolicyService], url: `${config.host}:${String(config.grpcPort)}`})],
    background: [
      topics,
      new RowPruning([traces, nonces, store], logger),
      outbox,
      chain,
      // Stopped before the follower, whose calls under way end: a half-read block is read again by whoever is next.
      {start: () => undefined, stop: () => [parts.ledger, following, ...parts.validators].forEach((it) => it.close())},
    ],
    checks: [
      {name: 'database', check: async () => unprojected(await store.position()), needed: true},
      {name: 'database-size', check: () => databaseSize(database, config), needed: false},
      {
        name: 'ledger',
        check: () =>
          chainDistance({client: parts.ledger, trust}, {projection: store, stands: follower.places.length > 0}),
        // What is projected can be read, and says at which height; a release is refused that cannot be proven.
        needed: 'at-start',
      },
      // Transactions, proofs and documents go on without them: events wait in the outbox, only releases are refused.
      {name: 'kafka', check: () => topics.reason() ?? producer.check(), needed: false},
      {name: 'notify', check: () => notify.reachable(), needed: false},
    ],
    followers: [follower],
    limits: {bodyLimitBytes: BODY_LIMIT_BYTES},
    // The follower goes on until the last of those who wait is answered.
    drained: () => void setTimeout(() => outcomes.release(), GRACE_MS).unref(),
  };
}

const unprojected = (position: object | undefined): string | undefined =>
  position === undefined ? 'the genesis is not projected' : undefined;
