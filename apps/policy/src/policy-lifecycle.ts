import type {BeforeApplicationShutdown, OnApplicationBootstrap, OnApplicationShutdown} from '@nestjs/common';
import {TOPICS} from '@vitalvault/contracts';
import {TopicsAtHand} from '@vitalvault/kafka-bus';
import type {OutboxPublisher} from '@vitalvault/kafka-bus';
import type {FollowChain} from './adapters/ledger/follow-chain.js';
import {RowPruning} from '@vitalvault/postgres';
import type {ShortLived} from '@vitalvault/postgres';
import type {TransactionOutcomes} from './application/transaction-outcomes.js';
import type {PolicyRuntime} from './policy-runtime.js';

interface BackgroundWork {
  readonly chain: FollowChain;
  readonly outbox: OutboxPublisher;
  readonly outcomes: TransactionOutcomes;
  readonly shortLived: readonly ShortLived[];
}

const GRACE_MS = 4_000;

/** Starts what runs beside the requests, and stops it after the last request: those wait for blocks. */
export class PolicyLifecycle implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown {
  readonly topics: TopicsAtHand;
  #stopPruning: (() => void) | undefined;

  constructor(
    private readonly runtime: PolicyRuntime,
    private readonly work: BackgroundWork,
  ) {
    this.topics = new TopicsAtHand({...runtime.kafka, topics: [{topic: TOPICS.ledgerEvents}, {topic: TOPICS.alerts}]});
  }

  onApplicationBootstrap(): void {
    void this.topics.ensure();
    const pruning = new RowPruning(this.work.shortLived, this.runtime.logger);
    pruning.start();
    this.#stopPruning = () => pruning.stop();
    this.work.outbox.start();
    this.work.chain.start();
  }

  /** Requests that wait for a block get a few seconds more; the follower goes on until the last is answered. */
  beforeApplicationShutdown(): void {
    setTimeout(() => {
      this.work.outcomes.release();
    }, GRACE_MS).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    const {ledger, following, validators, notify, producer, database} = this.runtime;
    this.topics.stop();
    this.#stopPruning?.();
    // The calls under way end now: a block that is half read is read again by whoever starts next.
    for (const client of [ledger, following, ...validators]) client.close();
    await this.work.chain.stop();
    await this.work.outbox.stop();
    notify.close();
    await producer.close();
    await database.$disconnect();
  }
}
