import type {OnApplicationBootstrap, OnApplicationShutdown} from '@nestjs/common';
import type {OutboxPublisher} from '@vitalvault/kafka-bus';
import {ensureTopics} from './adapters/kafka/topics-of-policy.js';
import type {FollowChain} from './adapters/ledger/follow-chain.js';
import {pruneRows} from './adapters/prisma/prune-rows.js';
import type {ShortLived} from './adapters/prisma/prune-rows.js';
import type {PolicyRuntime} from './policy-runtime.js';

interface BackgroundWork {
  readonly chain: FollowChain;
  readonly outbox: OutboxPublisher;
  readonly shortLived: readonly ShortLived[];
}

/** Starts what runs beside the requests, and stops it after the last request: those wait for blocks. */
export class PolicyLifecycle implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #stopping = new AbortController();
  #stopPruning: (() => void) | undefined;
  #topics: Promise<void> | undefined;

  constructor(private readonly runtime: PolicyRuntime, private readonly work: BackgroundWork) {}

  onApplicationBootstrap(): void {
    this.#topics = ensureTopics(this.runtime.kafka, this.#stopping.signal);
    this.#stopPruning = pruneRows(this.work.shortLived, this.runtime.logger);
    this.work.outbox.start();
    this.work.chain.start();
  }

  async onApplicationShutdown(): Promise<void> {
    const {ledger, validators, notify, producer, database} = this.runtime;
    this.#stopping.abort();
    this.#stopPruning?.();
    await this.work.chain.stop();
    await this.work.outbox.stop();
    await this.#topics;
    for (const client of [ledger, ...validators]) client.close();
    notify.close();
    await producer.close();
    await database.$disconnect();
  }
}
