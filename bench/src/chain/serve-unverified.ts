// ledger-abci as it is, but that every signature counts as good: what is left is the cost of everything else.
//   node --import ./tools/run-sources.ts bench/src/chain/serve-unverified.ts <socket> <state directory>
import {startAbciServer} from '@vitalvault/abci';
import {LIMITS} from '@vitalvault/contracts';
import {createApplication} from '../../../apps/ledger-abci/src/application.js';
import {LedgerSpans} from '../../../apps/ledger-abci/src/ledger-spans.js';
import {Ledger} from '../../../apps/ledger-abci/src/ledger.js';
import {LedgerStore} from '../../../apps/ledger-abci/src/store/ledger-store.js';

const [socketPath = '', dir = ''] = process.argv.slice(2);
const {store, recovered} = LedgerStore.open({dir, snapshotBlocks: 10_000});
const silent = (): void => undefined;
const server = await startAbciServer({
  socketPath,
  application: createApplication(new Ledger(store, recovered, () => true), new LedgerSpans()),
  log: {info: silent, warn: silent, error: console.error},
  maxMessageBytes: LIMITS.abciMessageBytes,
  maxProposalTxs: LIMITS.mempoolTxs,
  onFatal: (error) => {
    console.error(error);
    process.exit(1);
  },
});
process.once('SIGTERM', () => {
  void server.close().then(() => store.close());
});
