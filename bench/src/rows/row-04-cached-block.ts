import {TEST_TIME} from '@vitalvault/ledger-state/testing';
import {nativeVerify} from '../../../apps/ledger-abci/src/crypto/native-verify.js';
import {BenchLedger} from '../ledger/bench-ledger.js';
import {Cast} from '../ledger/cast.js';
import {arms, quotient} from '../suite/arms.js';
import type {Row} from '../suite/row.js';

const TXS = 1_000;
const PATIENTS = 250;

/**
 * Blocks of the same kind: one whose transactions CheckTx saw, and one that comes to a validator which sees them for
 * the first time. Each transaction is a request to read, with one signature, by patients in turn.
 */
export const ROW_04: Row = {
  number: '4',
  title: 'FinalizeBlock of 1,000 transactions at 10⁶ keys',
  arms: arms('ms', 'cached', 'inline'),
  claims: [
    {
      title: 'cached ÷ inline verification',
      target: {atMost: 0.2},
      of: quotient('cached', 'inline'),
      whenMissed:
        'the cache saves the signature and the decoding. What stays are the rules (nonce, quotas, verdict, access leaf), ' +
        'the hashes of leaves and of the state map, and the answer: the prototype that set this target had none of the ' +
        'rules. `PROFILE=1` gives their shares.',
    },
  ],
  rounds: {full: 9, quick: 3},
  nodeFlags: ['--max-old-space-size=6144'],
  setup: async ({scratch, quick, say}) => {
    const ledger = await BenchLedger.open(scratch.directory('block'), nativeVerify());
    scratch.defer(() => ledger.close());
    const keys = quick ? 100_000 : 1_000_000;
    say(`filling ${String(keys)} keys`);
    ledger.fill(keys);
    say('enrolling patients');
    const cast = new Cast(PATIENTS, TEST_TIME);
    for (const block of cast.enrolment()) await ledger.block(block);
    let txs: Uint8Array[] = [];
    return {
      prepare: async (arm) => {
        if (txs.length > 0) await ledger.commit();
        txs = Array.from({length: TXS}, () => cast.read());
        if (arm === 'cached') for (const tx of txs) await ledger.check(tx);
      },
      sample: () => ledger.finalize(txs),
    };
  },
};
