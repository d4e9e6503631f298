import {decodeCanonical} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {LedgerClient} from '@vitalvault/ledger-client';
import type {ChainTrust} from '@vitalvault/light-client';
import {runMigrations} from '@vitalvault/postgres';
import {createLogger} from '@vitalvault/process';
import {join} from 'node:path';
import {CometProvenLogs} from '../../../apps/policy/src/adapters/ledger/comet-proven-logs.js';
import {FollowChain} from '../../../apps/policy/src/adapters/ledger/follow-chain.js';
import {openDatabase} from '../../../apps/policy/src/adapters/prisma/database.js';
import {PrismaProjectionStore} from '../../../apps/policy/src/adapters/prisma/prisma-projection-store.js';
import {PrismaTransactionTraces} from '../../../apps/policy/src/adapters/prisma/prisma-transaction-traces.js';
import {AccessLeaves} from '../../../apps/policy/src/application/access-leaves.js';
import {ProjectBlocks} from '../../../apps/policy/src/application/project-blocks.js';
import {TransactionOutcomes} from '../../../apps/policy/src/application/transaction-outcomes.js';
import type {FollowerParts, ReadModel} from './following.js';

const MIGRATIONS = join(import.meta.dirname, '../../../apps/policy/prisma/migrations');

/** policy's projection, put together as the service does. */
export class PolicyReadModel implements ReadModel {
  readonly store: PrismaProjectionStore;

  private constructor(
    private readonly options: {readonly genesis: Uint8Array; readonly trust: ChainTrust},
    readonly database: ReturnType<typeof openDatabase>,
  ) {
    this.store = new PrismaProjectionStore(database);
  }

  static async open(
    databaseUrl: string,
    options: {readonly genesis: Uint8Array; readonly trust: ChainTrust},
  ): Promise<PolicyReadModel> {
    await runMigrations({databaseUrl, dir: MIGRATIONS});
    return new PolicyReadModel(options, openDatabase({databaseUrl}));
  }

  async height(): Promise<bigint> {
    return (await this.store.position())?.height ?? 0n;
  }

  follower({client, standstill}: FollowerParts, ledger: LedgerClient): FollowChain {
    const {store, database} = this;
    const {genesis, trust} = this.options;
    const logs = new CometProvenLogs({client: ledger, trust});
    const projectBlocks = new ProjectBlocks({
      store,
      leaves: new AccessLeaves({logs, projection: store}),
      traces: new PrismaTransactionTraces(database),
      outcomes: new TransactionOutcomes(store),
    });
    const logger = createLogger({service: 'bench', level: 'error'});
    return new FollowChain(
      {genesis: decodeCanonical(GenesisSchema, genesis), client, logger, standstill, afterBlock: () => undefined},
      {store, projectBlocks},
    );
  }

  async close(): Promise<void> {
    await this.database.$disconnect();
  }
}
