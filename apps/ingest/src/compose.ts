import {LIMITS, TOPICS, fromHex} from '@vitalvault/contracts';
import {provide} from '@vitalvault/http';
import type {Composition, ServiceHost} from '@vitalvault/http';
import {KafkaProducer, KafkaServer, TopicsAtHand, kafkaAccess} from '@vitalvault/kafka-bus';
import {Standstill, readOwnGenesis, readOwnKey} from '@vitalvault/process';
import {randomUUID} from 'node:crypto';
import {PolicyLedgerFacts} from './adapters/grpc/policy-ledger-facts.js';
import {StorageRecordTable} from './adapters/grpc/storage-record-table.js';
import {KafkaAcceptedLog} from './adapters/kafka/kafka-accepted-log.js';
import {NativeSecp256k1} from './adapters/secp256k1/native-secp256k1.js';
import {AcceptRecords} from './application/accept-records.js';
import {AcceptSkip} from './application/accept-skip.js';
import {ChargeQuota} from './application/charge-quota.js';
import {ForgetChanged} from './application/forget-changed.js';
import {GetReceipt} from './application/get-receipt.js';
import {IssueReceipt} from './application/issue-receipt.js';
import {JudgeRecords} from './application/judge-records.js';
import {KnownFacts} from './application/known-facts.js';
import {ListEpochStatements} from './application/list-epoch-statements.js';
import {ListSuccessions} from './application/list-successions.js';
import {NumberRecords} from './application/number-records.js';
import {StorageBacklog} from './application/storage-backlog.js';
import {Turns} from './application/turns.js';
import {VerifySignatures} from './application/verify-signatures.js';
import type {IngestConfig} from './config.js';
import {RecentNumbers} from './domain/recent-numbers.js';
import {ReleaseKeys} from './domain/release-keys.js';
import {CHAIN_ID, CLOCK} from './ingest.tokens.js';

/** So old may what storage said of its backlog be: nothing beside the days of retention that it is compared with. */
const BACKLOG_CHECK_MS = 3_000;

/** Which adapter stands behind which port. */
export function compose(config: IngestConfig, host: ServiceHost<IngestConfig>): Composition {
  const {clientId, fail: onStalled, logger, opened} = host;
  const {chainId} = config;
  const now = (): number => Date.now();
  const organisation = fromHex(config.organisation);
  const {genesis} = readOwnGenesis(config);
  const secp256k1 = new NativeSecp256k1();
  const key = readOwnKey('ingest', config.ingestKeyFile, {genesis, organisation: config.organisation});

  const kafka = {...kafkaAccess(config), clientId, logger};
  const producer = opened.add(new KafkaProducer(kafka), (it) => it.close());
  const accepted = {topic: TOPICS.recordsAccepted, retentionMs: config.acceptedRetentionMs};
  const topics = new TopicsAtHand({...kafka, topics: [accepted, {topic: TOPICS.ledgerEvents}]});
  // Every process forgets for itself, so each is a group of its own, two on one machine too. Kafka drops empty ones.
  const groupId = `vv-ingest-${config.organisation}-${randomUUID()}`;
  const consumer = new Standstill({part: 'kafka-consumer', logger});
  // Facts are asked for when they are needed: what changed before needs no telling, and there is no position to store.
  const fromEnd = (): void => {
    facts.forgetAll();
  };
  const events = new KafkaServer({...kafka, groupId, standstill: consumer, onStalled, fromEnd});
  const policy = opened.add(
    new PolicyLedgerFacts(config.policyGrpc, genesis.parameters?.removalGraceSeconds ?? 0),
    (it) => it.close(),
  );
  const table = opened.add(new StorageRecordTable(config.storageGrpc), (it) => it.close());

  const facts = new KnownFacts({ttlMs: config.factsTtlMs, now, told: () => consumer.places.length === 0}, policy);
  const recent = new RecentNumbers();
  const backlog = new StorageBacklog(
    {retentionMs: config.acceptedRetentionMs, checkEveryMs: BACKLOG_CHECK_MS, now},
    {table},
  );
  const quota = new ChargeQuota(
    {
      now,
      device: {burst: config.deviceBurst, refillPerSecond: config.deviceRefillPerSecond},
      owner: {burst: config.ownerBurst, refillPerSecond: config.ownerRefillPerSecond},
      mostWaiting: config.ownerWaiting,
    },
    {table},
  );
  const turns = new Turns();
  const signatures = new VerifySignatures({verifier: secp256k1, turns});
  const judge = new JudgeRecords(
    {chainId, now},
    {facts, releaseKeys: ReleaseKeys.of(genesis, organisation), signatures, turns},
  );
  const numbers = new NumberRecords({quota, recent});
  const receipts = new IssueReceipt({chainId, organisation}, {signer: secp256k1.signer(key)});
  const log = new KafkaAcceptedLog(producer);
  const acceptRecords = new AcceptRecords({now}, {backlog, judge, numbers, recent, receipts, log});
  const acceptSkip = new AcceptSkip({chainId, now}, {backlog, facts, quota, recent, log, signatures});

  return {
    providers: [
      provide(CHAIN_ID, chainId),
      provide(CLOCK, now),
      provide(AcceptRecords, acceptRecords),
      provide(AcceptSkip, acceptSkip),
      provide(GetReceipt, new GetReceipt({table, recent})),
      provide(ListEpochStatements, new ListEpochStatements({facts: policy})),
      provide(ListSuccessions, new ListSuccessions({facts: policy})),
      provide(ForgetChanged, new ForgetChanged({facts})),
    ],
    transports: [{strategy: events}],
    background: [topics],
    checks: [
      // Each is asked by some calls only, which answer for themselves that it is away.
      {name: 'kafka', check: () => topics.reason() ?? producer.check(), needed: 'at-start'},
      {name: 'policy', check: () => policy.check(), needed: 'at-start'},
      {name: 'storage', check: () => table.backlogMs(), needed: 'at-start'},
      // Records are taken all the same: the ledger judges by its own time.
      {name: 'clock', check: () => table.clock(), needed: false},
    ],
    followers: [consumer],
    limits: {bodyLimitBytes: LIMITS.postBodyBytes, requestTimeoutMs: config.bodyTimeoutMs},
  };
}
