import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {startAbciServer} from '@vitalvault/abci';
import type {AbciServer} from '@vitalvault/abci';
import {cometBinary, CometNode, genesisJson, changedComet} from '@vitalvault/abci/testing';
import type {Edit} from '@vitalvault/abci/testing';
import {LIMITS} from '@vitalvault/contracts';
import {REMEMBERING_PORTS, testGenesis} from '@vitalvault/ledger-state/testing';
import {eventually} from '@vitalvault/testkit';
import {createApplication} from '../src/application.js';
import {Ledger} from '../src/ledger.js';
import {LedgerStore} from '../src/store/ledger-store.js';
import {LedgerSpans} from '../src/ledger-spans.js';

const TX_BYTES = 65_500;
const OFFERED = Math.ceil((LIMITS.cometBlockBytes + 65_536) / TX_BYTES);
const log = {info: () => undefined, warn: () => undefined, error: () => undefined};
const WORDS = 'the spec offers a block above the limit';

/** From height 3 on, once, it proposes more than CometBFT allows, and does not look at its own limits. */
const BYZANTINE: readonly Edit[] = [
  {
    old: '		cs.metrics.ProposalCreateCount.Add(1)\n',
    new: `		cs.metrics.ProposalCreateCount.Add(1)
		if height >= 3 && !offered {
			offered = true
			cs.Logger.Error("${WORDS}", "height", height)
			var txs types.Txs
			for i := 0; i < ${String(OFFERED)}; i++ {
				txs = append(txs, bytes.Repeat([]byte{byte(i)}, ${String(TX_BYTES)}))
			}
			block, err = cs.state.MakeBlock(height, txs, block.LastCommit, block.Evidence.Evidence, block.ProposerAddress)
			if err != nil {
				panic(err)
			}
		}
`,
  },
  {
    old: 'func (cs *State) defaultDecideProposal(',
    new: 'var offered = false\n\nfunc (cs *State) defaultDecideProposal(',
  },
  {
    old: '(maxBytes-1)/int64(types.BlockPartSizeBytes)+1 {',
    new: '(maxBytes-1)/int64(types.BlockPartSizeBytes)+1000000 {',
  },
  {old: 'if cs.ProposalBlockParts.ByteSize() > maxBytes {', new: 'if cs.ProposalBlockParts.ByteSize() > maxBytes*2 {'},
];

interface Validator {
  readonly comet: CometNode;
  readonly home: string;
  readonly ledger: Ledger;
  readonly server: AbciServer;
  readonly store: LedgerStore;
}

let dir: string;
let validators: Validator[] = [];
const fatal: Error[] = [];
/** The largest proposal that each application was asked about, in bytes. */
const largest = [0, 0, 0, 0];

async function start(place: number, binary: string): Promise<Validator> {
  const home = join(dir, String(place));
  const socketPath = join(dir, `${String(place)}.sock`);
  const comet = await CometNode.create({binary, home, socketPath, timeoutProposeMs: 5_000});
  const {store, recovered} = LedgerStore.open({dir: join(home, 'state'), snapshotBlocks: 1_000});
  const ledger = new Ledger(store, recovered, REMEMBERING_PORTS.verify);
  const honest = createApplication(ledger, new LedgerSpans());
  const application: typeof honest = {
    ...honest,
    processProposal: (request) => {
      const bytes = request.txs.reduce((sum, tx) => sum + tx.length, 0);
      largest[place] = Math.max(largest[place] ?? 0, bytes);
      return honest.processProposal(request);
    },
  };
  const onFatal = (error: Error): number => fatal.push(error);
  const server = await startAbciServer({
    socketPath,
    application,
    log,
    maxMessageBytes: LIMITS.abciMessageBytes,
    onFatal,
  });
  return {comet, home, ledger, server, store};
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vv-oversize-'));
  const byzantine = await changedComet('consensus/state.go', BYZANTINE, join(dir, 'byzantine'));
  const honest = await cometBinary();
  validators = await Promise.all([byzantine, honest, honest, honest].map((binary, place) => start(place, binary)));
  const keys = validators.map(({comet}) => comet.publicKey);
  const appState = testGenesis(['hospital', 'clinic', 'east', 'west'], undefined, keys);
  const genesis = genesisJson('oversize', appState, LIMITS.cometBlockBytes);
  await Promise.all(
    validators.map(({comet}) => {
      const peers = validators.filter((one) => one.comet !== comet).map((one) => one.comet.address);
      return comet.start(genesis, peers);
    }),
  );
}, 300_000);

afterAll(async () => {
  for (const {comet, server, store} of validators) {
    await comet.stop();
    await server.close();
    await store.close();
  }
  await rm(dir, {recursive: true, force: true});
}, 60_000);

const logOf = ({home}: Validator): Promise<string> => readFile(join(home, 'cometbft.log'), 'utf8');

test('a proposal above block.max_bytes is refused by CometBFT itself: no application is asked, and the chain goes on', async () => {
  const [byzantine, ...honest] = validators;
  if (byzantine === undefined) throw new Error('no validators');
  await eventually(async () => {
    expect(await logOf(byzantine)).toContain(WORDS);
  }, 60_000);
  const offeredAt = honest[0]?.ledger.tip?.height ?? 0n;
  await eventually(() => {
    for (const {ledger} of honest) expect(ledger.tip?.height ?? 0n).toBeGreaterThan(offeredAt + 5n);
  }, 100_000);
  for (const one of honest) expect(await logOf(one)).toContain('proposal block has too many parts');
  expect(largest.slice(1)).toEqual([0, 0, 0]);
  expect(fatal).toEqual([]);
  expect(honest.map(({server}) => server.connections)).toEqual([4, 4, 4]);
}, 200_000);
