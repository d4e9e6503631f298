import {Module} from '@nestjs/common';
import type {DynamicModule, OnApplicationShutdown, Provider, Type} from '@nestjs/common';
import type {Genesis} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {fromHex} from '@vitalvault/contracts';
import {KafkaProducer} from '@vitalvault/kafka-bus';
import {openApiController} from '@vitalvault/http';
import {PolicyLedgerFacts} from './adapters/grpc/policy-ledger-facts.js';
import {StorageRecordTable} from './adapters/grpc/storage-record-table.js';
import {KafkaAcceptedLog} from './adapters/kafka/kafka-accepted-log.js';
import {NativeSecp256k1} from './adapters/secp256k1/native-secp256k1.js';
import {httpControllers, ingestDocument} from './api/http/ingest-document.js';
import {LedgerEventsController} from './api/kafka/ledger-events.controller.js';
import {AcceptRecords} from './application/accept-records.js';
import {AcceptSkip} from './application/accept-skip.js';
import {ChargeQuota} from './application/charge-quota.js';
import {ForgetChanged} from './application/forget-changed.js';
import {GetReceipt} from './application/get-receipt.js';
import {IssueReceipt} from './application/issue-receipt.js';
import {JudgeRecord} from './application/judge-record.js';
import {KnownFacts} from './application/known-facts.js';
import {ListEpochStatements} from './application/list-epoch-statements.js';
import {NumberRecord} from './application/number-record.js';
import type {ReceiptSigner} from './application/ports.js';
import {StorageBacklog} from './application/storage-backlog.js';
import type {IngestConfig} from './config.js';
import {RecentNumbers} from './domain/recent-numbers.js';
import {ReleaseKeys} from './domain/release-keys.js';
import {CHAIN_ID, CLOCK} from './ingest.tokens.js';

export interface IngestParts {
  readonly config: IngestConfig;
  readonly genesis: Genesis;
  readonly producer: KafkaProducer;
  readonly secp256k1: NativeSecp256k1;
  readonly signer: ReceiptSigner;
}

const BACKLOG_CHECK_MS = 3_000;

/** The composition root: which adapter stands behind which port. */
@Module({})
export class IngestModule implements OnApplicationShutdown {
  constructor(
    private readonly facts: PolicyLedgerFacts,
    private readonly table: StorageRecordTable,
    private readonly producer: KafkaProducer,
  ) {}

  static readonly controllers: readonly Type[] = [
    ...httpControllers,
    openApiController(ingestDocument),
    LedgerEventsController,
  ];

  static with(parts: IngestParts): DynamicModule {
    return {
      module: IngestModule,
      controllers: [...IngestModule.controllers],
      providers: [...adapters(parts), ...useCases(parts)],
      exports: [PolicyLedgerFacts, StorageRecordTable],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    this.facts.close();
    this.table.close();
    await this.producer.close();
  }
}

const now = (): number => Date.now();

function adapters({config, genesis, producer}: IngestParts): Provider[] {
  return [
    {provide: CHAIN_ID, useValue: config.chainId},
    {provide: CLOCK, useValue: now},
    {provide: KafkaProducer, useValue: producer},
    {provide: PolicyLedgerFacts, useFactory: () => new PolicyLedgerFacts(config.policyGrpc)},
    {provide: StorageRecordTable, useFactory: () => new StorageRecordTable(config.storageGrpc)},
    {provide: KafkaAcceptedLog, useFactory: () => new KafkaAcceptedLog(producer)},
    {provide: ReleaseKeys, useFactory: () => ReleaseKeys.of(genesis, fromHex(config.organisation))},
    {provide: RecentNumbers, useFactory: () => new RecentNumbers()},
  ];
}

function useCases({config, secp256k1, signer}: IngestParts): Provider[] {
  return [
    {
      provide: KnownFacts,
      inject: [PolicyLedgerFacts],
      useFactory: (facts: PolicyLedgerFacts) => new KnownFacts({ttlMs: config.factsTtlMs, now}, facts),
    },
    {
      provide: JudgeRecord,
      inject: [KnownFacts, ReleaseKeys],
      useFactory: (facts: KnownFacts, releaseKeys: ReleaseKeys) =>
        new JudgeRecord({chainId: config.chainId, now}, {facts, releaseKeys, verifier: secp256k1}),
    },
    {
      provide: StorageBacklog,
      inject: [StorageRecordTable],
      useFactory: (table: StorageRecordTable) =>
        new StorageBacklog({retentionMs: config.acceptedRetentionMs, checkEveryMs: BACKLOG_CHECK_MS, now}, {table}),
    },
    {
      provide: NumberRecord,
      inject: [StorageRecordTable, RecentNumbers],
      useFactory: (table: StorageRecordTable, recent: RecentNumbers) => new NumberRecord({table, recent}),
    },
    {provide: ChargeQuota, useFactory: () => new ChargeQuota(quotasOf(config))},
    {
      provide: IssueReceipt,
      useFactory: () =>
        new IssueReceipt({chainId: config.chainId, organisation: fromHex(config.organisation)}, {signer}),
    },
    {
      provide: AcceptRecords,
      inject: [StorageBacklog, JudgeRecord, ChargeQuota, NumberRecord, RecentNumbers, IssueReceipt, KafkaAcceptedLog],
      useFactory: (
        ...[backlog, judge, quota, numbers, recent, receipts, log]: [
          StorageBacklog,
          JudgeRecord,
          ChargeQuota,
          NumberRecord,
          RecentNumbers,
          IssueReceipt,
          KafkaAcceptedLog,
        ]
      ) => new AcceptRecords({now}, {backlog, judge, quota, numbers, recent, receipts, log}),
    },
    {
      provide: AcceptSkip,
      inject: [StorageBacklog, KnownFacts, ChargeQuota, RecentNumbers, StorageRecordTable, KafkaAcceptedLog],
      useFactory: (
        ...[backlog, facts, quota, recent, table, log]: [
          StorageBacklog,
          KnownFacts,
          ChargeQuota,
          RecentNumbers,
          StorageRecordTable,
          KafkaAcceptedLog,
        ]
      ) =>
        new AcceptSkip(
          {chainId: config.chainId, now},
          {backlog, facts, quota, recent, table, log, verifier: secp256k1},
        ),
    },
    {
      provide: GetReceipt,
      inject: [StorageRecordTable, RecentNumbers],
      useFactory: (table: StorageRecordTable, recent: RecentNumbers) => new GetReceipt({table, recent}),
    },
    {
      provide: ListEpochStatements,
      inject: [PolicyLedgerFacts],
      useFactory: (facts: PolicyLedgerFacts) => new ListEpochStatements({facts}),
    },
    {provide: ForgetChanged, inject: [KnownFacts], useFactory: (facts: KnownFacts) => new ForgetChanged({facts})},
  ];
}

const quotasOf = (config: IngestConfig) => ({
  now,
  device: {burst: config.deviceBurst, refillPerSecond: config.deviceRefillPerSecond},
  owner: {burst: config.ownerBurst, refillPerSecond: config.ownerRefillPerSecond},
});
