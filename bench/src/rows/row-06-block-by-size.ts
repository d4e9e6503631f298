import {TEST_TIME} from '@vitalvault/ledger-state/testing';
import {nativeVerify} from '../../../apps/ledger-abci/src/crypto/native-verify.js';
import {BenchLedger} from '../ledger/bench-ledger.js';
import {Cast} from '../ledger/cast.js';
import {arms, quotient} from '../suite/arms.js';
import {CannotMeasure} from '../suite/row.js';
import type {Row, RowContext} from '../suite/row.js';
import type {Target} from '../suite/verdict.js';

const TXS = 1_000;
const PATIENTS = 250;
const SMALL = 10_000;

/** FinalizeBlock and Commit of the same transactions by two ledgers that differ in how much else they know. */
function rowOf(parts: {number: string; keys: number; words: string; target?: Target; largeOnly: boolean}): Row {
  const {number, keys, words, largeOnly} = parts;
  return {
    number,
    title: `a block of 1,000 transactions at ${words} keys and at 10⁴`,
    arms: arms('ms', words, '10⁴'),
    claims: [
      {
        title: `at ${words} keys ÷ at 10⁴`,
        ...(parts.target === undefined ? {} : {target: parts.target}),
        of: quotient(words, '10⁴'),
        whenMissed:
          'paths are longer by ten levels, and at 10⁷ keys nodes and values are no longer in the caches of the processor.',
      },
    ],
    rounds: {full: 9, quick: 3},
    limitSeconds: largeOnly ? 1_800 : 600,
    nodeFlags: [`--max-old-space-size=${largeOnly ? '14000' : '6144'}`],
    setup: async (context) => {
      if (largeOnly && !context.large) throw new CannotMeasure('only with LARGE=1');
      const many = await filled(context, context.quick ? keys / 10 : keys);
      const few = await filled(context, SMALL);
      const cast = new Cast(PATIENTS, TEST_TIME);
      context.say('enrolling patients');
      for (const block of cast.enrolment()) for (const ledger of [many, few]) await ledger.block(block);
      let txs: Uint8Array[] = [];
      return {
        prepare: async (arm) => {
          if (arm === words) txs = Array.from({length: TXS}, () => cast.read());
          for (const tx of txs) await (arm === words ? many : few).check(tx);
        },
        sample: async (arm) => {
          const {finalizeMs, commitMs} = await (arm === words ? many : few).block(txs);
          return finalizeMs + commitMs;
        },
      };
    },
  };
}

async function filled({scratch, say}: RowContext, keys: number): Promise<BenchLedger> {
  say(`filling ${String(keys)} keys`);
  const ledger = await BenchLedger.open(scratch.directory('block'), nativeVerify());
  scratch.defer(() => ledger.close());
  ledger.fill(keys);
  return ledger;
}

export const ROW_06 = rowOf({number: '6', keys: 1e7, words: '10⁷', target: {atMost: 3}, largeOnly: true});
export const ROW_06A = rowOf({number: '6a', keys: 1e6, words: '10⁶', largeOnly: false});
