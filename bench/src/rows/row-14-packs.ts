import {cidOf} from '@vitalvault/envelope';
import {IpfsClusterClient, buildBlockCar} from '@vitalvault/ipfs-cluster-client';
import {startEngines} from '@vitalvault/testkit';
import {randomBytes} from 'node:crypto';
import {IpfsClusterPackStore} from '../../../apps/storage/src/adapters/ipfs/ipfs-cluster-pack-store.js';
import type {Block} from '../../../apps/storage/src/application/ports.js';
import {arms, quotient} from '../suite/arms.js';
import type {Row} from '../suite/row.js';

const [PACKS, SINGLE] = ['packs of 250', 'a pin for each record'];
const REPLICATION = {replicationMin: 2, replicationMax: 3} as const;
const TIMEOUT_MS = 60_000;
/** As many as storage has under way. */
const LANES = 3;
const RECORDS_OF_PACK = 250;
/** What a device seals of 64 readings. */
const RECORD_BYTES = 4_096;

/** Records into an IPFS Cluster of three peers, until two of them say pinned: storage's way, and one pin for each. */
export const ROW_14: Row = {
  number: '14',
  title: 'records into IPFS Cluster: packs, and one pin for each record',
  arms: arms('records/s', PACKS, SINGLE),
  claims: [{title: 'packs ÷ a pin for each', target: {atLeast: 10}, of: quotient(PACKS, SINGLE)}],
  rounds: {full: 5, quick: 1},
  setup: async ({scratch, quick}) => {
    const engines = await startEngines({only: ['ipfs']});
    scratch.defer(() => engines.stop());
    const cluster = new IpfsClusterClient({urls: engines.endpoints.ipfsCluster});
    const store = new IpfsClusterPackStore({...REPLICATION, timeoutMs: TIMEOUT_MS}, cluster);
    const {signal} = new AbortController();
    const pack = async (blocks: readonly Block[]): Promise<void> => {
      const id = randomBytes(16);
      await store.pin(blocks, {root: store.rootOf(cidsOf(blocks), id), id, signal});
    };
    const single = async (block: Block): Promise<void> => {
      const {root} = await cluster.addCar(buildBlockCar(block), {...REPLICATION, name: 'vitalvault-bench', signal});
      await cluster.waitPinned(root, REPLICATION.replicationMin, TIMEOUT_MS, signal);
    };
    return {
      sample: async (arm) => {
        const pieces: (() => Promise<void>)[] =
          arm === PACKS
            ? Array.from({length: quick ? 3 : 12}, () => blocks(RECORDS_OF_PACK)).map((own) => () => pack(own))
            : blocks(quick ? 15 : 60).map((block) => () => single(block));
        const records = arm === PACKS ? pieces.length * RECORDS_OF_PACK : pieces.length;
        const began = performance.now();
        await Promise.all(Array.from({length: LANES}, () => inTurn(pieces)));
        return records / ((performance.now() - began) / 1_000);
      },
    };
  },
};

async function inTurn(pieces: (() => Promise<void>)[]): Promise<void> {
  for (let piece = pieces.pop(); piece !== undefined; piece = pieces.pop()) await piece();
}

const cidsOf = (all: readonly Block[]): string[] => all.map(({cid}) => cid);

const blocks = (count: number): Block[] =>
  Array.from({length: count}, () => {
    const bytes = Uint8Array.from(randomBytes(RECORD_BYTES));
    return {cid: cidOf(bytes), bytes};
  });
