import {mkdtemp, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {ProposalStatus, startAbciServer} from '@vitalvault/abci';
import type {AbciApplication, AbciServer} from '@vitalvault/abci';
import {cometBinary, CometNode, genesisJson} from '@vitalvault/abci/testing';
import {LIMITS} from '@vitalvault/contracts';
import {REMEMBERING_PORTS, testGenesis} from '@vitalvault/ledger-state/testing';
import {eventually} from '@vitalvault/testkit';
import {createApplication} from '../src/application.js';
import {Ledger} from '../src/ledger.js';
import {LedgerStore} from '../src/store/ledger-store.js';
import {LedgerSpans} from '../src/ledger-spans.js';

const TX_BYTES = 65_500;
const POISONED_HEIGHT = 3n;
const log = {info: () => undefined, warn: () => undefined, error: () => undefined};

let dir: string;
let comet: CometNode;
let store: LedgerStore;
let server: AbciServer;
const fatal: Error[] = [];
const offered: number[] = [];
const verdicts: {readonly height: bigint; readonly bytes: number; readonly status: number | undefined}[] = [];

/** The ledger's own application behind a proposer who once fills a block with all that CometBFT takes. */
function byzantine(honest: AbciApplication): AbciApplication {
  return {
    ...honest,
    prepareProposal: (request) => {
      if (request.height !== POISONED_HEIGHT || offered.length > 0) return honest.prepareProposal(request);
      const count = Math.floor(Number(request.maxTxBytes) / (TX_BYTES + 4));
      offered.push(count * TX_BYTES);
      return {txs: Array.from({length: count}, () => new Uint8Array(TX_BYTES).fill(1))};
    },
    processProposal: async (request) => {
      const answer = await honest.processProposal(request);
      const bytes = request.txs.reduce((sum, tx) => sum + tx.length, 0);
      verdicts.push({height: request.height, bytes, status: answer.status});
      return answer;
    },
  };
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-large-'));
  const socketPath = join(dir, 'app.sock');
  comet = await CometNode.create({
    binary: await cometBinary(),
    home: join(dir, 'comet'),
    socketPath,
    timeoutProposeMs: 45_000,
  });
  const opened = LedgerStore.open({dir: join(dir, 'state'), snapshotBlocks: 1_000});
  store = opened.store;
  const ledger = new Ledger(store, opened.recovered, REMEMBERING_PORTS.verify);
  server = await startAbciServer({
    socketPath,
    application: byzantine(createApplication(ledger, new LedgerSpans())),
    log,
    maxMessageBytes: LIMITS.abciMessageBytes,
    onFatal: (error) => {
      fatal.push(error);
    },
  });
  const appState = testGenesis(['hospital'], undefined, [comet.publicKey]);
  const genesis = genesisJson('large-proposal', appState, LIMITS.cometBlockBytes);
  await comet.start(genesis);
});

afterAll(async () => {
  await comet.stop();
  await server.close();
  await store.close();
  await rm(dir, {recursive: true, force: true});
});

const height = async (): Promise<number> => {
  const answer = (await (await fetch(`${comet.rpcUrl}/status`)).json()) as {
    result: {sync_info: {latest_block_height: string}};
  };
  return Number(answer.result.sync_info.latest_block_height);
};

test('a block of nearly all that CometBFT takes is refused as a proposal, and both processes live on', async () => {
  await eventually(async () => {
    expect(await height()).toBeGreaterThan(Number(POISONED_HEIGHT) + 2);
  }, 100_000);
  // Large enough to have been a block, and above what the ledger allows.
  expect(offered[0]).toBeGreaterThan(0.99 * LIMITS.cometBlockBytes);
  expect(verdicts.filter(({bytes}) => bytes > 0)).toEqual([
    {height: POISONED_HEIGHT, bytes: offered[0], status: ProposalStatus.REJECT},
  ]);
  expect(fatal).toEqual([]);
  expect(server.connections).toBe(4);
}, 120_000);
