import {decodeCanonical} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {verifiedBlocks} from '@vitalvault/ledger-client';
import {runMigrations} from '@vitalvault/postgres';
import {createLogger} from '@vitalvault/process';
import {startEngines} from '@vitalvault/testkit';
import {join} from 'node:path';
import {CometProvenLogs} from '../../../apps/policy/src/adapters/ledger/comet-proven-logs.js';
import {FollowChain} from '../../../apps/policy/src/adapters/ledger/follow-chain.js';
import {openDatabase} from '../../../apps/policy/src/adapters/prisma/database.js';
import {PrismaProjectionStore} from '../../../apps/policy/src/adapters/prisma/prisma-projection-store.js';
import {PrismaTransactionTraces} from '../../../apps/policy/src/adapters/prisma/prisma-transaction-traces.js';
import {AccessLeaves} from '../../../apps/policy/src/application/access-leaves.js';
import {ProjectBlocks} from '../../../apps/policy/src/application/project-blocks.js';
import {TransactionOutcomes} from '../../../apps/policy/src/application/transaction-outcomes.js';
import {AccessRequests} from '../read-model/access-requests.js';
import {SignedBlocks} from '../read-model/signed-blocks.js';
import {arms} from '../suite/arms.js';
import type {Row} from '../suite/row.js';

const MIGRATIONS = join(import.meta.dirname, '../../../apps/policy/prisma/migrations');
const [LARGE, SMALL] = ['in one block', 'in blocks of ten, far behind'];
const logger = createLogger({service: 'bench', level: 'error'});

/**
 * policy follows a chain into a real PostgreSQL: blocks, results and leaves of access logs verified by headers of four
 * validators, then projected. What the ledger does for that is not its own: a first follower has asked all before.
 */
export const ROW_12P: Row = {
  number: '12p',
  title: "policy's projection, requests for access by one replica",
  arms: arms('requests/s', LARGE, SMALL),
  claims: [
    {title: 'of a block of 1,000, a second', target: {atLeast: 3_000}, of: (round) => round[LARGE] ?? 0},
    {title: 'rebuilding: of blocks of ten, a second', target: {atLeast: 5_000}, of: (round) => round[SMALL] ?? 0},
  ],
  rounds: {full: 7, quick: 2},
  nodeFlags: ['--max-old-space-size=4096'],
  setup: async ({scratch, quick, say}) => {
    const engines = await startEngines({only: ['postgres']});
    scratch.defer(() => engines.stop());
    const chain = new SignedBlocks();
    const requests = new AccessRequests(chain, {patients: 250, clinicians: 4});
    say('enrolling patients');
    requests.begin();
    const followers = await Promise.all(
      ['vv_notify', 'vv_policy'].map((database) => Follower.open(chain, engines.databaseUrl(database))),
    );
    for (const follower of followers) scratch.defer(() => follower.close());
    const count = quick ? 500 : 2_000;
    return {
      prepare: async (arm) => {
        for (const follower of followers) await follower.catchUp();
        const [blocks, each] = arm === LARGE ? [1, 1_000] : [count / 10, 10];
        for (let i = 0; i < blocks; i += 1) chain.add(Array.from({length: each}, () => requests.next()));
        chain.add([]);
        await followers[0]?.catchUp();
      },
      sample: async (arm) => {
        const began = performance.now();
        await followers[1]?.catchUp();
        return (arm === LARGE ? 1_000 : count) / ((performance.now() - began) / 1_000);
      },
    };
  },
};

/** policy's follower over its own database. */
class Follower {
  private constructor(
    private readonly chain: SignedBlocks,
    private readonly database: ReturnType<typeof openDatabase>,
    private readonly store: PrismaProjectionStore,
  ) {}

  static async open(chain: SignedBlocks, databaseUrl: string): Promise<Follower> {
    await runMigrations({databaseUrl, dir: MIGRATIONS});
    const database = openDatabase({databaseUrl});
    return new Follower(chain, database, new PrismaProjectionStore(database));
  }

  async close(): Promise<void> {
    await this.database.$disconnect();
  }

  async catchUp(): Promise<void> {
    const {chain, store, database} = this;
    const logs = new CometProvenLogs({client: chain, trust: chain.trust});
    const projectBlocks = new ProjectBlocks({
      store,
      leaves: new AccessLeaves({logs, projection: store}),
      traces: new PrismaTransactionTraces(database),
      outcomes: new TransactionOutcomes(store),
    });
    const done = Promise.withResolvers<undefined>();
    const follow = new FollowChain(
      {
        genesis: decodeCanonical(GenesisSchema, chain.genesis),
        client: verifiedBlocks(chain, chain.trust),
        logger,
        standstill: {stopped: (_at, error) => done.reject(error), goesOn: () => undefined},
        afterBlock: () =>
          void this.isThere().then((there) => (there ? done.resolve(undefined) : undefined), done.reject),
      },
      {store, projectBlocks},
    );
    if (await this.isThere()) return;
    follow.start();
    await done.promise.finally(() => follow.stop());
  }

  private async isThere(): Promise<boolean> {
    return (await this.store.position())?.height === this.chain.height;
  }
}
