import {startChain} from '../chain/chain.js';
import {KeyValueTxs} from '../chain/key-value-txs.js';
import {Cast, READINGS_PER_RECORD} from '../ledger/cast.js';
import {arms, quotient} from '../suite/arms.js';
import type {Row} from '../suite/row.js';

/** As storage fills a transaction: nearly 64 KiB. */
const RECORDS_IN_TX = 150;
const READING_BYTES = 250;

/** Records of 64 readings, signed once, anchored as storage anchors them; against a reading in each transaction. */
export const ROW_09B: Row = {
  number: '9b',
  title: "committed readings, against one reading a transaction in CometBFT's built-in kvstore",
  arms: arms('readings/s', 'ledger-abci', 'built-in kvstore'),
  claims: [
    {
      title: 'records of 64 in ledger-abci ÷ single readings in the kvstore',
      target: {atLeast: 8},
      of: quotient('ledger-abci', 'built-in kvstore'),
    },
  ],
  rounds: {full: 7, quick: 2},
  limitSeconds: 900,
  setup: async (context) => {
    const txs = context.quick ? 2 : 20;
    const singles = context.quick ? 500 : 4_000;
    const cast = new Cast(context.quick ? 50 : 500, BigInt(Math.floor(Date.now() / 1000)));
    const ours = (await startChain('ledger-abci', context)).load;
    const theirs = (await startChain('built-in kvstore', context)).load;
    context.say('enrolling patients');
    for (const block of cast.enrolment()) await ours.commitInTurn(block);
    let anchors: Uint8Array[] = [];
    const keyValues = new KeyValueTxs();
    return {
      prepare: (arm) => {
        if (arm === 'ledger-abci') anchors = Array.from({length: txs}, () => cast.anchor(RECORDS_IN_TX));
      },
      sample: async (arm) => {
        if (arm === 'ledger-abci') return (txs * RECORDS_IN_TX * READINGS_PER_RECORD) / (await ours.commit(anchors));
        return singles / (await theirs.commit(Array.from({length: singles}, () => keyValues.next(READING_BYTES))));
      },
    };
  },
};
