import {createHash} from 'node:crypto';
import {sha256Of} from '@vitalvault/contracts';
import {StateTree} from '@vitalvault/proofs';
import type {Sha256} from '@vitalvault/proofs';
import {arms, quotient} from '../suite/arms.js';
import type {Row} from '../suite/row.js';
import {timed} from '../suite/timing.js';

const UPDATES = 1_000;

const byCreateHash: Sha256 = (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest());

/** The same 1,000 changes: as one batch, and each by itself as a map without batches takes them. */
export const ROW_05: Row = {
  number: '5',
  title: 'state map, 1,000 updates at 10⁶ keys',
  arms: arms('ms', 'one batch', 'one by one'),
  claims: [
    {
      title: 'one batch with our SHA-256, times faster than one by one with createHash',
      target: {atLeast: 8},
      of: quotient('one by one', 'one batch'),
      whenMissed:
        'by profile a third of a batch is hashing: a call of node:crypto costs several times the hash in it. A quarter is ' +
        'reading children that lie all over memory. Nodes are hashed level by level, so that a native library could take ' +
        'a level in one call, as the target supposes (@chainsafe/hashtree, MIT, with binaries for glibc, musl and macOS); ' +
        'the ledger does not depend on one.',
    },
  ],
  rounds: {full: 15, quick: 5},
  nodeFlags: ['--max-old-space-size=4096'],
  setup: ({quick, say}) => {
    const keys = quick ? 100_000 : 1_000_000;
    say(`filling two maps of ${String(keys)} keys`);
    const entries = Array.from({length: keys}, (_, i) => ({key: named('key', i), valueHash: named('value', i)}));
    const [batched, single] = [new StateTree(sha256Of), new StateTree(byCreateHash)];
    for (const tree of [batched, single]) tree.update(entries);
    let round = 0;
    let changes: {key: Uint8Array; valueHash: Uint8Array}[] = [];
    return {
      prepare: (arm) => {
        if (arm === 'one by one') return;
        round++;
        changes = Array.from({length: UPDATES}, (_, i) => ({
          key: named('key', (i * 977 + round * 131) % keys),
          valueHash: named('new value', round * UPDATES + i),
        }));
      },
      sample: (arm) =>
        timed(() => {
          if (arm === 'one batch') batched.update(changes);
          else for (const change of changes) single.update([change]);
        }),
    };
  },
};

const named = (kind: string, number: number): Uint8Array =>
  new Uint8Array(sha256Of(new TextEncoder().encode(`${kind} ${String(number)}`)));
