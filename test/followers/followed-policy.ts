import {decodeCanonical} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import type {TestLedger} from '@vitalvault/ledger-state/testing';
import {openDatabase} from '../../apps/policy/src/adapters/prisma/database.js';
import {PrismaProjectionStore} from '../../apps/policy/src/adapters/prisma/prisma-projection-store.js';
import {PrismaTransactionTraces} from '../../apps/policy/src/adapters/prisma/prisma-transaction-traces.js';
import {AccessLeaves} from '../../apps/policy/src/application/access-leaves.js';
import type {ProvenLogs} from '../../apps/policy/src/application/ports.js';
import {ProjectBlocks} from '../../apps/policy/src/application/project-blocks.js';
import {projectGenesis} from '../../apps/policy/src/application/project-genesis.js';
import {TransactionOutcomes} from '../../apps/policy/src/application/transaction-outcomes.js';
import type {MadeBlock} from './made-block.js';

/**
 * policy's projection of a chain, over its real tables. Leaves come from the ledger itself: their proofs are others'
 * specs.
 */
export class FollowedPolicy {
  readonly database: ReturnType<typeof openDatabase>;
  readonly store: PrismaProjectionStore;
  readonly #project: ProjectBlocks;
  /** What the ledger says a leaf is, as a later version would. */
  tamper: (leaf: Uint8Array) => Uint8Array = (leaf) => leaf;

  constructor(databaseUrl: string, {state}: TestLedger) {
    this.database = openDatabase({databaseUrl});
    this.store = new PrismaProjectionStore(this.database);
    const logs: ProvenLogs = {
      leaves: async (asked) =>
        asked.map(({kind, patient, from, count}) =>
          state
            .leaves(kind, patient)
            .slice(Number(from), Number(from) + count)
            .map((leaf) => this.tamper(leaf)),
        ),
    };
    this.#project = new ProjectBlocks({
      store: this.store,
      leaves: new AccessLeaves({logs, projection: this.store}),
      traces: new PrismaTransactionTraces(this.database),
      outcomes: new TransactionOutcomes(this.store),
    });
  }

  begin(genesis: Uint8Array): Promise<void> {
    return projectGenesis(decodeCanonical(GenesisSchema, genesis), this.store);
  }

  take(...blocks: MadeBlock[]): Promise<void> {
    return this.#project.execute(
      ...blocks.map(({txs, results, ...block}) => ({
        ...block,
        transactions: txs.map((bytes, place) => ({bytes, ...(results[place] as MadeBlock['results'][number])})),
      })),
    );
  }
}
