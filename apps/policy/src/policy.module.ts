import {Module} from '@nestjs/common';
import type {DynamicModule, Provider, Type} from '@nestjs/common';
import {OutboxPublisher} from '@vitalvault/kafka-bus';
import {verifiedBlocks} from '@vitalvault/ledger-client';
import {KEY_RESOLVER, NONCE_MEMORY, ORGANISATION, openApiController} from '@vitalvault/http';
import {CometLedgerSource} from './adapters/ledger/comet-ledger-source.js';
import {CometProvenLedger} from './adapters/ledger/comet-proven-ledger.js';
import {CometProvenLogs} from './adapters/ledger/comet-proven-logs.js';
import {FollowChain} from './adapters/ledger/follow-chain.js';
import {GrpcAlertQueue} from './adapters/notify/grpc-alert-queue.js';
import {PrismaDocumentStore} from './adapters/prisma/prisma-document-store.js';
import {NonceStore, OutboxStore} from '@vitalvault/postgres';
import {PrismaProjectionStore} from './adapters/prisma/prisma-projection-store.js';
import {PrismaReleaseRegister} from './adapters/prisma/prisma-release-register.js';
import {PrismaTransactionTraces} from './adapters/prisma/prisma-transaction-traces.js';
import {PolicyGrpcController} from './api/grpc/policy-grpc.controller.js';
import {httpControllers, policyDocument} from './api/http/policy-document.js';
import {AccessLeaves} from './application/access-leaves.js';
import {AnswerProofs} from './application/answer-proofs.js';
import {Complain} from './application/complain.js';
import {DescribeService} from './application/describe-service.js';
import {ExplainAccess} from './application/explain-access.js';
import {FindDevice} from './application/find-device.js';
import {GetDetails} from './application/get-details.js';
import {GetHeader} from './application/get-header.js';
import {GetProfile} from './application/get-profile.js';
import {GetWraps} from './application/get-wraps.js';
import {KeepDetails} from './application/keep-details.js';
import {KeepProfile} from './application/keep-profile.js';
import {KeepWraps} from './application/keep-wraps.js';
import {ProjectBlock} from './application/project-block.js';
import {ProvenRelease} from './application/proven-release.js';
import {ReleaseKeys} from './application/release-keys.js';
import {ResolveKey} from './application/resolve-key.js';
import {SubmitTransaction} from './application/submit-transaction.js';
import {TransactionOutcomes} from './application/transaction-outcomes.js';
import {PolicyLifecycle} from './policy-lifecycle.js';
import type {PolicyRuntime} from './policy-runtime.js';
import {CHAIN_ID, LEDGER_SOURCE, PROJECTION} from './policy.tokens.js';

/** The composition root: the only place where ports meet adapters. */
@Module({})
export class PolicyModule {
  static readonly controllers: readonly Type[] = [
    ...httpControllers,
    openApiController(policyDocument),
    PolicyGrpcController,
  ];

  static with(runtime: PolicyRuntime): DynamicModule {
    return {module: PolicyModule, controllers: [...PolicyModule.controllers], providers: compose(runtime)};
  }
}

function compose(runtime: PolicyRuntime): Provider[] {
  const {config, genesis, database, logger} = runtime;
  const {chainId, organisation} = config;
  const now = (): number => Date.now();

  const store = new PrismaProjectionStore(database);
  const documents = new PrismaDocumentStore(database);
  const traces = new PrismaTransactionTraces(database);
  const nonces = new NonceStore(database);
  const ledger = new CometLedgerSource(runtime.ledger, runtime.validators);
  const proven = new ProvenRelease({ledger: new CometProvenLedger({client: runtime.ledger, trust: genesis})});
  const alerts = new GrpcAlertQueue(runtime.notify);
  const outbox = new OutboxPublisher({outbox: new OutboxStore(database), producer: runtime.producer, logger});

  const outcomes = new TransactionOutcomes(store);
  const logs = new CometProvenLogs({client: runtime.following, trust: genesis});
  const leaves = new AccessLeaves({logs, projection: store});
  const projectBlock = new ProjectBlock({store, leaves, traces, outcomes});
  const chain = new FollowChain(
    {
      genesis: genesis.genesis,
      client: verifiedBlocks(runtime.following, genesis),
      logger,
      afterBlock: () => {
        outbox.poke();
      },
    },
    {store, projectBlock},
  );

  const resolveKey = new ResolveKey({projection: store});
  return [
    {provide: PROJECTION, useValue: store},
    {provide: LEDGER_SOURCE, useValue: ledger},
    {provide: CHAIN_ID, useValue: chainId},
    {provide: ORGANISATION, useValue: organisation},
    {provide: NONCE_MEMORY, useValue: nonces},
    {provide: KEY_RESOLVER, useValue: {resolve: (keyId: string) => resolveKey.execute(keyId)}},
    {
      provide: SubmitTransaction,
      useValue: new SubmitTransaction({chainId}, {ledger, projection: store, traces, outcomes}),
    },
    {provide: GetHeader, useValue: new GetHeader({ledger})},
    {provide: AnswerProofs, useValue: new AnswerProofs({trust: genesis}, {ledger})},
    {provide: ExplainAccess, useValue: new ExplainAccess({projection: store})},
    {provide: KeepWraps, useValue: new KeepWraps({chainId}, {projection: store, documents})},
    {provide: GetWraps, useValue: new GetWraps({projection: store, documents})},
    {provide: KeepProfile, useValue: new KeepProfile({chainId}, {projection: store, documents})},
    {provide: GetProfile, useValue: new GetProfile({documents})},
    {provide: KeepDetails, useValue: new KeepDetails({projection: store, documents})},
    {provide: GetDetails, useValue: new GetDetails({projection: store, documents})},
    {provide: Complain, useValue: new Complain({now}, {projection: store, documents})},
    {
      provide: DescribeService,
      useValue: new DescribeService({genesis, organisation, policyPrivateKey: runtime.policyPrivateKey, now}),
    },
    {provide: FindDevice, useValue: new FindDevice({projection: store})},
    {
      provide: ReleaseKeys,
      useValue: new ReleaseKeys(
        {chainId, organisation, releaseKeys: runtime.releaseKeys, now},
        {projection: store, outcomes, proven, alerts, register: new PrismaReleaseRegister(database)},
      ),
    },
    {
      provide: PolicyLifecycle,
      useValue: new PolicyLifecycle(runtime, {chain, outbox, outcomes, shortLived: [traces, nonces]}),
    },
  ];
}
