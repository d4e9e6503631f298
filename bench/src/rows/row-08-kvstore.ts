import {startChain} from '../chain/chain.js';
import type {Application} from '../chain/chain.js';
import {KeyValueTxs} from '../chain/key-value-txs.js';
import type {Load} from '../chain/load.js';
import {Cast} from '../ledger/cast.js';
import {arms, quotient} from '../suite/arms.js';
import type {Row, RowContext} from '../suite/row.js';

/** Rows 8 and 9: the same load on one CometBFT each, behind the unix socket; requests to read, of one signature. */
function rowOf(parts: Pick<Row, 'number' | 'title' | 'claims'> & {applications: readonly Application[]}): Row {
  const {applications, ...rest} = parts;
  return {
    ...rest,
    arms: arms('committed tx/s', ...applications),
    rounds: {full: 7, quick: 2},
    limitSeconds: 900,
    setup: async (context) => {
      const count = context.quick ? 500 : 4_000;
      const cast = new Cast(context.quick ? 50 : 500, BigInt(Math.floor(Date.now() / 1000)));
      const loads = await startAll(applications, context);
      context.say('enrolling patients');
      for (const block of cast.enrolment())
        for (const [application, load] of loads) if (isOurs(application)) await load.commitInTurn(block);
      let ours: Uint8Array[] = [];
      const keyValues = new KeyValueTxs();
      return {
        prepare: (arm) => {
          if (arm === applications[0]) ours = Array.from({length: count}, () => cast.read());
        },
        sample: async (arm) => {
          const txs = arm === 'Go kvstore' ? ours.map((tx) => keyValues.next(tx.length)) : ours;
          return count / (await (loads.get(arm) as Load).commit(txs));
        },
        facts: () => [{title: 'a transaction', value: `${String(ours[0]?.length)} bytes, one signature`}],
      };
    },
  };
}

async function startAll(applications: readonly Application[], context: RowContext): Promise<Map<string, Load>> {
  const loads = new Map<string, Load>();
  for (const application of applications) loads.set(application, (await startChain(application, context)).load);
  return loads;
}

const isOurs = (application: string): boolean => application.startsWith('ledger-abci');

export const ROW_08 = rowOf({
  number: '8',
  title: "CometBFT's Go kvstore over the same unix socket",
  applications: ['ledger-abci', 'ledger-abci, verification off', 'Go kvstore'],
  claims: [
    {
      title: 'verification off ÷ kvstore',
      target: {atLeast: 1.1},
      of: quotient('ledger-abci, verification off', 'Go kvstore'),
      whenMissed:
        'CheckTx decodes, and runs the whole rule as a preview that FinalizeBlock runs again: nonce, quotas, verdict, ' +
        'access leaf. The kvstore looks for a "=", and on two cores CometBFT and the sender want the rest.',
    },
    {
      title: 'all of it ÷ kvstore',
      target: {atLeast: 0.95},
      of: quotient('ledger-abci', 'Go kvstore'),
      whenMissed:
        'as above, and each signature costs what C needs for it, once, in CheckTx, on the thread that also answers it.',
    },
  ],
});

export const ROW_09 = rowOf({
  number: '9',
  title: 'a Go application that verifies the same signatures',
  applications: ['ledger-abci', 'Go, libsecp256k1', 'Go, pure Go'],
  claims: [
    {
      title: 'ledger-abci ÷ Go with libsecp256k1',
      target: {atLeast: 1},
      of: quotient('ledger-abci', 'Go, libsecp256k1'),
      whenMissed:
        'the Go application verifies and stores a hash; ledger-abci also decides, counts nonces and quotas, writes an ' +
        'access log and proves its state. Where CometBFT is the limit the two differ by that alone.',
    },
    {title: 'ledger-abci ÷ Go in pure Go', of: quotient('ledger-abci', 'Go, pure Go')},
  ],
});
