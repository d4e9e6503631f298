import {decodeCanonical, toHex} from '@vitalvault/contracts';
import {GenesisSchema} from '@vitalvault/contracts/gen/genesis/v1/genesis';
import {testOrganisation} from '@vitalvault/ledger-state/testing';
import {runMigrations} from '@vitalvault/postgres';
import {createLogger, Standstill} from '@vitalvault/process';
import {join} from 'node:path';
import {ChainFollower} from '../../../apps/storage/src/adapters/ledger/chain-follower.js';
import {openDatabase} from '../../../apps/storage/src/adapters/prisma/database.js';
import {PrismaLedgerStore} from '../../../apps/storage/src/adapters/prisma/prisma-ledger-store.js';
import {FollowLedger} from '../../../apps/storage/src/application/follow-ledger.js';
import {HOSPITAL} from '../ledger/bench-genesis.js';
import type {FollowerParts, ReadModel} from './following.js';

const MIGRATIONS = join(import.meta.dirname, '../../../apps/storage/prisma/migrations');

/** What storage keeps of the chain, put together as the service does; of the hospital that anchored all of it. */
export class StorageReadModel implements ReadModel {
  readonly #follow: FollowLedger;
  readonly #store: PrismaLedgerStore;

  private constructor(
    genesis: Uint8Array,
    readonly database: ReturnType<typeof openDatabase>,
  ) {
    const {parameters} = decodeCanonical(GenesisSchema, genesis);
    if (parameters === undefined) throw new Error('a genesis without parameters');
    const ownKey = toHex(testOrganisation(HOSPITAL).storage.id);
    this.#store = new PrismaLedgerStore(database, {now: Date.now, parameters, ownKeys: new Set([ownKey])});
    this.#follow = new FollowLedger({ownKey, ledger: this.#store, onEffect: () => Promise.resolve()});
  }

  static async open(databaseUrl: string, {genesis}: {readonly genesis: Uint8Array}): Promise<StorageReadModel> {
    await runMigrations({databaseUrl, dir: MIGRATIONS});
    return new StorageReadModel(genesis, openDatabase({databaseUrl}));
  }

  async height(): Promise<bigint> {
    return (await this.#store.cursor()).height;
  }

  follower({client, standstill}: FollowerParts): ChainFollower {
    const log = {info: () => undefined, warn: () => undefined, error: () => undefined};
    const told = new Standstill({part: 'bench', logger: createLogger({service: 'bench', level: 'error'})});
    return new ChainFollower({client, log, standstill: Object.assign(told, standstill)}, {follow: this.#follow});
  }

  async close(): Promise<void> {
    await this.database.$disconnect();
  }
}
