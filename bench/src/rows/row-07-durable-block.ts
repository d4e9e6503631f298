import {createHash} from 'node:crypto';
import {join} from 'node:path';
import {STATE_KIND} from '@vitalvault/contracts';
import {encodeStateKey} from '@vitalvault/proofs';
import {LedgerStore} from '../../../apps/ledger-abci/src/store/ledger-store.js';
import {arms, quotient} from '../suite/arms.js';
import {optionalPackage} from '../suite/optional-package.js';
import type {Row} from '../suite/row.js';
import {timed} from '../suite/timing.js';

const PUTS = 1_000;
const VALUE_BYTES = 200;
const HOME = join(import.meta.dirname, '..', '..');

/** What is used of the package lmdb. */
interface Lmdb {
  open(options: {path: string; encoding: 'binary'; keyEncoding: 'binary'; compression: false}): {
    putSync(key: Uint8Array, value: Uint8Array): void;
    transactionSync(work: () => void): void;
    close(): Promise<void>;
  };
}

/** Both answer when the block would survive a power cut: one fdatasync, or LMDB's own. */
export const ROW_07: Row = {
  number: '7',
  title: 'a durable block of 1,000 puts of 200 bytes',
  arms: arms('ms', 'changelog', 'LMDB'),
  claims: [
    {
      title: 'our changelog ÷ LMDB under random keys',
      target: {atMost: 0.067},
      of: quotient('changelog', 'LMDB'),
      whenMissed:
        'the changelog is one write and one fdatasync; on a machine whose fdatasync costs more than the rest of a commit ' +
        'both arms wait for the disk, and the ratio nears that of their syncs.',
    },
  ],
  rounds: {full: 31, quick: 9},
  setup: ({scratch, quick, say}) => {
    const {open} = optionalPackage('lmdb', HOME) as Lmdb;
    const {store} = LedgerStore.open({dir: scratch.directory('changelog'), snapshotBlocks: 1_000_000});
    scratch.defer(() => store.close());
    const path = scratch.directory('lmdb');
    const lmdb = open({path, encoding: 'binary', keyEncoding: 'binary', compression: false});
    scratch.defer(() => lmdb.close());
    const stored = quick ? 50_000 : 500_000;
    say(`filling LMDB with ${String(stored)} entries`);
    const before = Array.from({length: stored}, (_, i) => entryOf(i)).sort((a, b) => Buffer.compare(a.key, b.key));
    lmdb.transactionSync(() => {
      for (const {key, value} of before) lmdb.putSync(key, value);
    });
    let height = 0n;
    let puts: Entry[] = [];
    return {
      prepare: (arm) => {
        if (arm === 'LMDB') return;
        height++;
        puts = Array.from({length: PUTS}, (_, i) => entryOf(stored + Number(height) * PUTS + i));
      },
      sample: (arm) => {
        if (arm === 'LMDB')
          return timed(() => {
            lmdb.transactionSync(() => {
              for (const {key, value} of puts) lmdb.putSync(key, value);
            });
          });
        const changes = puts.map(({key, value}) => ({key: encodeStateKey(STATE_KIND.bucket, [key]), value}));
        const block = {height, time: height, appHash: new Uint8Array(32), chainId: 'vitalvault-bench', changes};
        return timed(() => store.append(block, []));
      },
    };
  },
};

interface Entry {
  readonly key: Uint8Array;
  readonly value: Uint8Array;
}

function entryOf(number: number): Entry {
  const key = new Uint8Array(createHash('sha256').update(String(number)).digest());
  return {key, value: new Uint8Array(VALUE_BYTES).fill(number)};
}
